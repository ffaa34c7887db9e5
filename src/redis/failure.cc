#include "redis/failure.h"

#include <array>

#include "io/failure.h"

namespace sluice::redis {

namespace {

struct Advice {
  std::string_view begins;  // of the server's line
  std::string_view text;
};

constexpr auto advice = std::to_array<Advice>({
    {"WRONGPASS", "check `password` and `username`"},
    {"NOAUTH", "it wants a password: set `password`"},
    {"ERR Client sent AUTH, but no password is set", "it has no password: leave `password` out"},
    {"ERR AUTH <password> called without any password", "it has no password: leave `password` out"},
    {"ERR invalid password", "check `password`"},
    {"NOPERM", "the user may not do this: check `username` and its ACL"},
    {"ERR DB index is out of range", "check `db`"},
    {"ERR invalid DB index", "check `db`"},
    {"ERR SELECT is not allowed in cluster mode", "a cluster has no databases: leave `db` out"},
    {"LOADING", "it is loading its data; it will answer soon"},
    {"READONLY", "it is a replica, which takes no writes: name the master in `host`"},
    {"MISCONF", "it can't save to disk and takes no writes: look at its log"},
    {"OOM", "it is full (`maxmemory`) and evicts nothing: look at its `maxmemory-policy`"},
    {"MASTERDOWN", "its master is gone"},
    {"CLUSTERDOWN", "the cluster has no majority"},
    {"DENIED", "it is in protected mode: set a password there, or bind it to this machine"},
});

}  // namespace

std::string name_of(const RedisOptions& options, const RedisAddress& address) {
  if (!options.unix_socket.empty()) return "redis " + options.unix_socket;
  return "redis " + io::host_and_port(address.host, address.port);
}

Error refusal(const std::string& server, std::string_view line) {
  std::string message = server + " refuses: " + std::string(line.substr(0, 200));
  for (const Advice& each : advice) {
    if (!line.starts_with(each.begins)) continue;
    message.append("; ").append(each.text);
    break;
  }
  return connection_error(std::move(message));
}

Error no_answer(const std::string& server, io::IoError ended) {
  return io::wait_error(ended, server + " does not answer: " + io::describe(ended));
}

Error not_asked(const std::string& server) {
  return connection_error(server + " is not asked: it has not answered lately");
}

Error not_redis(const std::string& server) {
  return connection_error(server +
                          " does not speak Redis' protocol; check `host`, `port` and `ssl`");
}

}  // namespace sluice::redis
