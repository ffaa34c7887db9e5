#pragma once
// Where a Redis or Valkey with a search module is. Plain data.
#include <chrono>
#include <string>

namespace sluice {

struct RedisServer {
  // redis://[user[:password]@]host[:port][/database], rediss://… for TLS, or unix:///path. Signs
  // that a URL reserves are percent-encoded in user and password.
  std::string url = "redis://localhost:6379";
  bool cluster = false;   // `url` names one of its nodes
  std::string ca_file{};  // PEM bundle to trust instead of the system's; empty = the system's
  bool verify_tls = true;
  // What one call may take, with connecting and all of its commands.
  std::chrono::milliseconds timeout{5000};
};

}  // namespace sluice
