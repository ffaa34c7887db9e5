#pragma once
// Redis URLs, as redis-py reads them:
//
//   redis://[user[:password]@]host[:port][/database][?options]      rediss://… the same over TLS
//   unix://[user[:password]@]/path/of/socket[?db=N]
//   options: db=N  ssl_cert_reqs=none|required  ssl_ca_certs=FILE
#include <string_view>

#include "base/result.h"
#include "model/redis_options.h"

namespace sluice::redis {

// Error: says which part can't be used, and never repeats the password.
Result<RedisOptions> parse_redis_url(std::string_view url);

}  // namespace sluice::redis
