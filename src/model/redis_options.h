#pragma once
// Where a Redis or Valkey is and how to talk to it. Plain data.
#include <string>
#include <vector>

#include "model/deployment.h"

namespace sluice {

enum class RedisTopology { standalone, sentinel, cluster };

struct RedisAddress {
  std::string host;  // name or IP literal, without brackets
  int port = 6379;
  bool operator==(const RedisAddress&) const = default;
};

struct RedisOptions {
  RedisTopology topology = RedisTopology::standalone;
  // The server; of a cluster some of its nodes; of Sentinel the sentinels. Empty with unix_socket.
  std::vector<RedisAddress> nodes;
  std::string unix_socket;
  std::string username, password;  // empty = none. Never logged.
  int database = 0;                // always 0 in a cluster
  bool tls = false, tls_verify = true;
  std::string tls_ca_file, tls_certificate, tls_key;  // empty = the system's, none, none
  std::string service_name;                           // Sentinel's name of the master
  std::string sentinel_username, sentinel_password;   // empty = none. Never logged.
  Milliseconds connect_timeout{1000};
  // What one command may cost a request; after that it goes on without.
  Milliseconds deadline{20};
  bool operator==(const RedisOptions&) const = default;
};

}  // namespace sluice
