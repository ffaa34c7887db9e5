#pragma once
// What goes wrong with a Redis, in words that name the setting to look at.
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stream.h"
#include "model/redis_options.h"

namespace sluice::redis {

// "redis HOST:PORT", "redis PATH".
std::string name_of(const RedisOptions& options, const RedisAddress& address);

// A server's refusal ("WRONGPASS …") while connecting.
Error refusal(const std::string& server, std::string_view line);
// No answer in time; no connection.
Error no_answer(const std::string& server, io::IoError ended);
Error not_asked(const std::string& server);  // the breaker is open
Error not_redis(const std::string& server);

}  // namespace sluice::redis
