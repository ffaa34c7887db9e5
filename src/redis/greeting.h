#pragma once
// What a new connection says first, and whether the server agrees. No I/O.
//
// One round trip: HELLO 3 with the sign-in, SELECT, CLIENT TRACKING. Servers and proxies that have
// no HELLO (before Redis 6) refuse it and are greeted once more the old way: AUTH, SELECT, PING;
// they speak RESP2.
#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"
#include "redis/reply.h"

namespace sluice::redis {

struct SignIn {
  std::string username, password;  // empty = none
  int database = 0;
  bool tracks = false;  // CLIENT TRACKING
};

struct Greeting {
  std::string commands;
  std::size_t replies = 0;  // how many follow
};
Greeting make_greeting(const SignIn& sign_in);
Greeting make_old_greeting(const SignIn& sign_in);

struct Welcome {
  bool old_way = false;   // HELLO is not known there: greet the old way
  bool tracking = false;  // the server will tell when keys change
};
// Reads the replies to make_greeting(). Error: why `server` refuses, and what to do about it.
Result<Welcome> read_welcome(const SignIn& sign_in, std::span<const Reply> replies,
                             const std::string& server);
// The same for make_old_greeting().
Status read_old_welcome(std::span<const Reply> replies, const std::string& server);

}  // namespace sluice::redis
