#pragma once
// What goes wrong with a Redis, in words that name the setting to look at and never a password.
#include <string>
#include <string_view>

#include "base/error.h"
#include "io/stream.h"
#include "model/redis_options.h"

namespace sluice::redis {

// "redis HOST:PORT", "redis sentinel HOST:PORT", "redis PATH": what the others call `server`.
std::string name_of(const RedisAddress& address);
std::string sentinel_name_of(const RedisAddress& address);
std::string name_of(const std::string& unix_socket);

// A server's refusal: its line ("WRONGPASS …") without any arguments of ours that it repeats, and
// what to do about it.
Error refusal(const std::string& server, std::string_view line);
// No reply: in time, or because the connection ended.
Error no_answer(const std::string& server, io::IoError ended);
// No connection; `why` is what connecting said.
Error no_connection(const std::string& server, Error why);
// The connection ended before the server had said a word.
Error no_welcome(const std::string& server, io::IoError ended);
// What it says is not Redis' protocol.
Error not_redis(const std::string& server);
// The breaker is open; `why` is what opened it.
Error not_asked(const std::string& why);
// More commands wait than the client takes.
Error too_far_behind(const std::string& server);
// The client has gone, or needs this server no more.
Error given_up(const std::string& server);

}  // namespace sluice::redis
