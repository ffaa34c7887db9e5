#include "redis/greeting.h"

#include <initializer_list>
#include <string_view>
#include <vector>

#include "redis/failure.h"
#include "redis/resp.h"

namespace sluice::redis {

namespace {

void add(Greeting& greeting, std::span<const std::string_view> command) {
  append_command(greeting.commands, command);
  greeting.replies++;
}

void add(Greeting& greeting, std::initializer_list<std::string_view> command) {
  add(greeting, std::span(command.begin(), command.size()));
}

void add_select(Greeting& greeting, const SignIn& sign_in) {
  if (sign_in.database != 0) add(greeting, {"SELECT", std::to_string(sign_in.database)});
}

// A user of an ACL may need no password; the default user signs in with one or not at all.
bool has_sign_in(const SignIn& sign_in) {
  return !sign_in.password.empty() || (!sign_in.username.empty() && sign_in.username != "default");
}

}  // namespace

Greeting make_greeting(const SignIn& sign_in) {
  Greeting greeting;
  std::vector<std::string_view> hello{"HELLO", "3"};
  std::string_view user = sign_in.username;
  if (user.empty()) user = "default";
  if (has_sign_in(sign_in)) hello.insert(hello.end(), {"AUTH", user, sign_in.password});
  hello.insert(hello.end(), {"SETNAME", "sluice"});  // for who looks at CLIENT LIST
  add(greeting, hello);
  add_select(greeting, sign_in);
  if (sign_in.tracks) add(greeting, {"CLIENT", "TRACKING", "ON"});
  return greeting;
}

Greeting make_old_greeting(const SignIn& sign_in) {
  Greeting greeting;
  if (!sign_in.username.empty() && has_sign_in(sign_in))
    add(greeting, {"AUTH", sign_in.username, sign_in.password});
  else if (!sign_in.password.empty())
    add(greeting, {"AUTH", sign_in.password});
  add_select(greeting, sign_in);
  add(greeting, {"PING"});  // is refused without a sign-in where one is needed
  return greeting;
}

Result<Welcome> read_welcome(const SignIn& sign_in, std::span<const Reply> replies,
                             const std::string& server) {
  const Reply& hello = replies.front();
  if (hello.is_error()) {
    for (const std::string_view final : {"WRONGPASS", "NOAUTH", "DENIED", "ERR max number"})
      if (hello.text.starts_with(final)) return fail(refusal(server, hello.text));
    return Welcome{.old_way = true};
  }
  if (sign_in.database != 0 && replies[1].is_error()) return fail(refusal(server, replies[1].text));
  return Welcome{.tracking = sign_in.tracks && !replies.back().is_error()};
}

Status read_old_welcome(std::span<const Reply> replies, const std::string& server) {
  for (const Reply& reply : replies)
    if (reply.is_error()) return fail(refusal(server, reply.text));
  return Done{};
}

}  // namespace sluice::redis
