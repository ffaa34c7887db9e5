#pragma once
// Redis URLs, as redis-py reads them:
//
//   redis://[user[:password]@]host[:port][/database][?options]      rediss://… the same over TLS
//   unix://[user[:password]@]/path/of/socket[?db=N]
//   options: db=N  username  password  ssl_cert_reqs=none|optional|required  ssl_ca_certs=FILE
//            ssl_certfile=FILE  ssl_keyfile=FILE  socket_connect_timeout=SECONDS
//            socket_timeout=SECONDS (shortens the deadline, never lengthens it)
//
// Options of redis-py's pools and encodings are taken and mean nothing here.
#include <string_view>

#include "base/result.h"
#include "model/redis_options.h"

namespace sluice::redis {

// Error: says which part can't be used, and never repeats the password.
Result<RedisOptions> parse_redis_url(std::string_view url);

}  // namespace sluice::redis
