#pragma once
// A Redis 8 with vector sets for one test, from the folder that tests/support/get_redis8.sh fills:
// SLUICE_TEST_REDIS8, or ~/.cache/sluice/redis8. Tests are skipped where there is none.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "redis/redis_server_for_test.h"

namespace sluice::cache::testing {

// Where its programs are.
inline std::string redis8_programs() {
  const char* named = std::getenv("SLUICE_TEST_REDIS8");
  if (named != nullptr && *named != '\0') return std::string(named) + "/bin";
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "" : home) + "/.cache/sluice/redis8/bin";
}

inline bool redis8_available() {
  return std::filesystem::exists(redis8_programs() + "/redis-server");
}

// The server of the redis tests, found where Redis 8 is.
inline std::unique_ptr<redis::testing::RedisServer> start_redis8() {
  const char* before = std::getenv("PATH");
  const std::string path = before == nullptr ? "" : before;
  ::setenv("PATH", (redis8_programs() + ":" + path).c_str(), 1);
  auto server = std::make_unique<redis::testing::RedisServer>();
  ::setenv("PATH", path.c_str(), 1);
  return server;
}

}  // namespace sluice::cache::testing
