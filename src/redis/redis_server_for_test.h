#pragma once
// A real redis-server for one test: on a unix socket and a free port, in a folder of its own,
// killed at the end. Tests that need one are skipped where the program is not installed.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "model/redis_options.h"

namespace sluice::redis::testing {

// Below those that systems give to outgoing connections: one of them could take the port while its
// server is down, and it would not come up again.
inline int free_port() {
  static std::minstd_rand random(std::random_device{}());
  for (;;) {
    const int port = std::uniform_int_distribution(10'000, 32'000)(random);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(static_cast<std::uint16_t>(port))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int failed = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::close(fd);
    if (failed == 0) return port;
  }
}

class RedisServer {
 public:
  // `more`: further arguments of redis-server. A sentinel is one too: {"--sentinel"} and a file.
  explicit RedisServer(std::vector<std::string> more = {}) : more_(std::move(more)) {
    std::string folder = (std::filesystem::temp_directory_path() / "redis-XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
    constexpr int most_ports = 5;  // somebody else may take one before redis-server does
    for (int i = 0; i < most_ports && pid_ == 0; i++) {
      port_ = free_port();
      try_start();
    }
    if (pid_ == 0) ADD_FAILURE() << "redis-server did not start";
  }
  ~RedisServer() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  RedisServer(const RedisServer&) = delete;

  int port() const { return port_; }
  const std::string& folder() const { return folder_; }
  RedisOptions options() const { return {.nodes = {{.host = "127.0.0.1", .port = port_}}}; }

  // Again, on the same port.
  void start() {
    try_start();
    if (pid_ == 0) ADD_FAILURE() << "redis-server did not start again";
  }
  void stop() { end(SIGKILL); }
  void freeze() { ::kill(pid_, SIGSTOP); }
  void thaw() { ::kill(pid_, SIGCONT); }

  static bool available() { return std::system("command -v redis-server >/dev/null") == 0; }

 private:
  void try_start() {
    std::vector<std::string> args{"redis-server"};
    const bool has_file = !more_.empty() && more_.front().ends_with(".conf");
    if (has_file) args.push_back(more_.front());
    for (const std::string& each :
         {std::string("--port"), std::to_string(port_), std::string("--dir"), folder_,
          std::string("--save"), std::string(""), std::string("--unixsocket"), folder_ + "/socket"})
      args.push_back(each);
    args.insert(args.end(), more_.begin() + (has_file ? 1 : 0), more_.end());
    run(std::move(args));
    wait_until_open();
  }
  void run(std::vector<std::string> args) {
    std::vector<char*> argv;
    for (std::string& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int log = ::open((folder_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(log, 1);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  void end(int signal) {
    if (pid_ <= 0) return;
    ::kill(pid_, signal);
    ::kill(pid_, SIGCONT);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  // It ends at once when its port is taken: then there is no process. Its socket in the folder
  // comes after the port, and can't be somebody else's.
  void wait_until_open() {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const std::string path = folder_ + "/socket";
    sockaddr_un address{.sun_family = AF_UNIX};
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    while (std::chrono::steady_clock::now() < give_up) {
      const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
      const bool open = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
      ::close(fd);
      const bool ended = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
      if (ended) pid_ = 0;
      if (open || ended) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    stop();
  }

  std::vector<std::string> more_;
  std::string folder_;
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace sluice::redis::testing
