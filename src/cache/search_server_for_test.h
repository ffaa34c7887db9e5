#pragma once
// A Redis with a search module for one test: the one that SLUICE_TEST_SEARCH_REDIS names (a URL),
// or the stand-in of tests/support in front of a redis-server of its own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "model/redis_options.h"
#include "redis/redis_server_for_test.h"
#include "redis/url.h"

namespace sluice::cache::testing {

class SearchServer {
 public:
  enum Flavor { redis, valkey };  // the second is always the stand-in
  explicit SearchServer(Flavor flavor = redis) {
    const char* url = std::getenv("SLUICE_TEST_SEARCH_REDIS");
    if (url != nullptr && flavor == redis)
      options_ = redis::parse_redis_url(url).value();
    else
      start(flavor == valkey ? "valkey" : "redis");
  }
  ~SearchServer() {
    if (pid_ <= 0) return;
    ::close(input_);  // it ends with its input, and takes its redis-server along
    ::waitpid(pid_, nullptr, 0);
  }
  SearchServer(const SearchServer&) = delete;

  static bool available() {
    return std::getenv("SLUICE_TEST_SEARCH_REDIS") != nullptr ||
           (redis::testing::RedisServer::available() &&
            std::system("command -v python3 >/dev/null") == 0);
  }
  const RedisOptions& options() const { return options_; }
  bool is_stand_in() const { return pid_ > 0; }

 private:
  void start(const char* flavor) {
    int input[2], output[2];
    if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) std::perror("pipe2");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(input[0], 0);
      ::dup2(output[1], 1);
      ::dup2(::open("/dev/null", O_WRONLY), 2);
      ::execlp("python3", "python3", SLUICE_GOLDEN_DIR "/../support/search_server.py", "--flavor",
               flavor, nullptr);
      ::_exit(127);
    }
    ::close(input[0]);
    ::close(output[1]);
    input_ = input[1];
    std::FILE* lines = ::fdopen(output[0], "r");
    int port = 0;
    if (std::fscanf(lines, "%d", &port) != 1) ADD_FAILURE() << "the stand-in did not start";
    std::fclose(lines);
    options_.nodes = {{.host = "127.0.0.1", .port = port}};
  }

  RedisOptions options_;
  pid_t pid_ = 0;
  int input_ = -1;
};

}  // namespace sluice::cache::testing
