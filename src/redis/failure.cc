#include "redis/failure.h"

#include <array>

#include "io/failure.h"

namespace sluice::redis {

namespace {

const std::string kind = "redis ", sentinel = "redis sentinel ";

struct Advice {
  std::string_view begins;  // of the server's line
  std::string_view text;
};

constexpr auto advice = std::to_array<Advice>({
    {"WRONGPASS", "check `password` and `username`"},
    {"NOAUTH", "it wants a password: set `password`"},
    {"ERR operation not permitted", "it wants a password: set `password`"},
    {"ERR Client sent AUTH, but no password is set", "it has no password: leave `password` out"},
    {"ERR AUTH <password> called without any password", "it has no password: leave `password` out"},
    {"ERR invalid password", "check `password`"},
    {"ERR wrong number of arguments for 'auth'",
     "it knows no users (before Redis 6): leave `username` out"},
    {"NOPERM", "the user may not do this: check `username` and its ACL"},
    {"ERR DB index is out of range", "check `db`"},
    {"ERR invalid DB index", "check `db`"},
    {"ERR SELECT is not allowed in cluster mode", "a cluster has no databases: leave `db` out"},
    {"MOVED", "it is one of a cluster's nodes: write `redis_startup_nodes` instead of `host`"},
    {"ERR This instance has cluster support disabled",
     "it is no cluster: write `host` instead of `redis_startup_nodes`"},
    {"ERR unknown command 'SENTINEL'", "it is no sentinel; check `sentinel_nodes`"},
    {"LOADING", "it is loading its data; it will answer soon"},
    {"READONLY", "it is a replica, which takes no writes: name the master in `host`"},
    {"MISCONF", "it can't save to disk and takes no writes: look at its log"},
    {"OOM", "it is full (`maxmemory`) and evicts nothing: look at its `maxmemory-policy`"},
    {"NOREPLICAS", "too few of its replicas are well: look at `min-replicas-to-write`"},
    {"MASTERDOWN", "its master is gone"},
    {"CLUSTERDOWN", "the cluster has no majority"},
    {"BUSY", "a script runs there and does not end"},
    {"ERR max number of clients", "it takes no more connections: look at its `maxclients`"},
    {"DENIED", "it is in protected mode: set a password there, or bind it to this machine"},
});

bool is_sentinel(const std::string& server) { return server.starts_with(sentinel); }

// What to look at when there is nobody, or somebody else.
std::string check_place(const std::string& server) {
  if (is_sentinel(server)) return "; check `sentinel_nodes` and `ssl`";
  const bool is_path = server.find('/') != std::string::npos;
  return is_path ? "; check `unix_socket_path`" : "; check `host`, `port` and `ssl`";
}

// A sentinel's settings have names of their own.
std::string for_server(const std::string& server, std::string_view text) {
  std::string named(text);
  if (!is_sentinel(server)) return named;
  for (const std::string_view name : {"`password`", "`username`"}) {
    const std::size_t at = named.find(name);
    if (at != std::string::npos) named.insert(at + 1, "sentinel_");
  }
  return named;
}

}  // namespace

std::string name_of(const RedisAddress& address) {
  return kind + io::host_and_port(address.host, address.port);
}

std::string sentinel_name_of(const RedisAddress& address) {
  return sentinel + io::host_and_port(address.host, address.port);
}

std::string name_of(const std::string& unix_socket) { return kind + unix_socket; }

Error refusal(const std::string& server, std::string_view line) {
  constexpr std::size_t most_shown = 200;
  const std::string_view shown = line.substr(0, line.find(", with args")).substr(0, most_shown);
  std::string message = server + " refuses: " + std::string(shown);
  for (const Advice& each : advice) {
    if (!line.starts_with(each.begins)) continue;
    message.append("; ").append(for_server(server, each.text));
    break;
  }
  return connection_error(std::move(message));
}

Error no_answer(const std::string& server, io::IoError ended) {
  return io::wait_error(ended, server + " does not answer: " + io::describe(ended));
}

Error no_connection(const std::string& server, Error why) {
  const std::string place = "can't connect to " + server.substr(server.rfind(' ') + 1) + ": ";
  if (why.message.starts_with(place)) why.message.erase(0, place.size());
  why.message = server + " does not answer: " + why.message + check_place(server);
  return why;
}

Error no_welcome(const std::string& server, io::IoError ended) {
  return no_connection(server, io::wait_error(ended, io::describe(ended)));
}

Error not_redis(const std::string& server) {
  return connection_error(server + " does not speak Redis' protocol" + check_place(server));
}

Error not_asked(const std::string& why) { return connection_error(why + "; not asked again yet"); }

Error too_far_behind(const std::string& server) {
  return connection_error(server + " is too far behind with its answers: it is not asked");
}

Error given_up(const std::string& server) {
  return connection_error(server + " is not needed any more");
}

}  // namespace sluice::redis
