#pragma once
// A Redis 8 with vector sets for one test: SLUICE_TEST_REDIS8 names the folder with its
// redis-server, else the one where tests/support/get_redis8.sh puts it. Tests are skipped where
// there is none.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "redis/redis_server_for_test.h"

namespace sluice::cache::testing {

inline std::string redis8_folder() {
  if (const char* named = std::getenv("SLUICE_TEST_REDIS8")) return named;
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "" : home) + "/.cache/sluice/redis8/bin";
}

inline bool redis8_available() {
  return std::filesystem::exists(redis8_folder() + "/redis-server");
}

// The server of the redis tests, found where Redis 8 is.
inline std::unique_ptr<redis::testing::RedisServer> start_redis8() {
  const char* before = std::getenv("PATH");
  const std::string path = before == nullptr ? "" : before;
  ::setenv("PATH", (redis8_folder() + ":" + path).c_str(), 1);
  auto server = std::make_unique<redis::testing::RedisServer>();
  ::setenv("PATH", path.c_str(), 1);
  return server;
}

}  // namespace sluice::cache::testing
