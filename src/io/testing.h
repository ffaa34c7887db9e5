#pragma once
// What the tests of everything above sockets share: running a coroutine to its end, connected
// pairs, listening sockets, a loop on a second thread, certificates made by the openssl command.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "io/address.h"
#include "io/async.h"
#include "io/loop.h"
#include "io/stream.h"

namespace sluice::io::testing {

// Ends a test that hangs. Far longer than any test takes, so that a slow machine does not matter.
class Watchdog final : private Timer {
 public:
  explicit Watchdog(Loop& loop) { loop.arm(*this, Clock::now() + std::chrono::seconds(20)); }

 private:
  void on_timer() override {
    std::fputs("a test hangs: what it waits for does not happen\n", stderr);
    std::abort();
  }
};

template <class T>
Detached finish(Loop& loop, Async<T>& work, std::optional<T>& result) {
  result.emplace(co_await work);
  loop.stop();
}

// Runs the loop until the coroutine has ended.
template <class T>
T run(Loop& loop, Async<T> work) {
  const Watchdog watchdog(loop);
  std::optional<T> result;
  finish(loop, work, result);
  loop.run();
  return std::move(*result);
}

// A coroutine in the background. Destroying it destroys its frame, wherever it waits.
template <class T>
class Running {
 public:
  explicit Running(Async<T> work) : work_(std::move(work)), frame_(drive(*this)) {}
  Running(const Running&) = delete;
  ~Running() { frame_.destroy(); }
  bool done() const { return result_.has_value(); }
  const T& result() const { return *result_; }

 private:
  struct Frame {
    struct promise_type {
      std::coroutine_handle<> get_return_object() {
        return std::coroutine_handle<promise_type>::from_promise(*this);
      }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    Frame(std::coroutine_handle<> self) : handle(self) {}
    std::coroutine_handle<> handle;
    void destroy() { handle.destroy(); }
  };
  static Frame drive(Running& self) { self.result_.emplace(co_await self.work_); }

  Async<T> work_;
  std::optional<T> result_;
  Frame frame_;
};

// A turn of the loop: what is ready by now has been handled when it returns.
inline void turn(Loop& loop) {
  loop.post([&loop] { loop.stop(); });
  loop.run();
}

// Turns the loop until the condition holds.
template <class Condition>
void run_until(Loop& loop, const Condition& holds) {
  const Watchdog watchdog(loop);
  while (!holds()) turn(loop);
}

// A descriptor that is closed at its end.
class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.take()) {}
  Fd& operator=(Fd&& other) noexcept {
    close();
    fd_ = other.take();
    return *this;
  }
  ~Fd() { close(); }
  int get() const { return fd_; }
  int take() { return std::exchange(fd_, -1); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// A TCP socket on loopback with a free port; listens unless told not to.
class LoopbackSocket {
 public:
  enum Kind { listening, refusing };
  explicit LoopbackSocket(Kind kind = listening, const char* address = "127.0.0.1", int port = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    const Address at = *Address::from_literal(address, port);
    const int one = 1;
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (::bind(fd_.get(), at.get(), at.size) != 0) std::perror("bind");
    if (kind == listening) ::listen(fd_.get(), 16);
    address_.size = sizeof address_.storage;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address_.storage), &address_.size);
  }
  const Address& address() const { return address_; }
  int port() const { return address_.port(); }
  // A connection that is in the queue; -1 = there is none.
  int accept() { return ::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); }
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
  Address address_;
};

// Both ends of a TCP connection over loopback.
struct TcpPair {
  TcpPair() : near(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), far(-1) {
    LoopbackSocket listener;
    if (::connect(near.get(), listener.address().get(), listener.address().size) != 0)
      std::perror("connect");
    ::fcntl(near.get(), F_SETFL, O_NONBLOCK);
    far = Fd(listener.accept());
  }
  Fd near, far;
};

// A loop on a thread of its own.
class LoopThread {
 public:
  LoopThread() : thread_([this] { loop.run(); }) {}
  ~LoopThread() {
    loop.stop();
    thread_.join();
  }
  Loop loop;

 private:
  std::thread thread_;
};

// A folder that vanishes with its content.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "sluice-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::perror("mkdtemp");
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A certificate authority for tests.
class Authority {
 public:
  struct Issued {
    std::string certificate, key;
  };

  Authority() {
    certificate_ = folder_.file("ca.pem");
    openssl("req -x509 " + new_key(folder_.file("ca.key")) + " -days 2 -subj '/CN=Test authority'" +
            " -out " + certificate_);
  }
  const std::string& certificate() const { return certificate_; }
  const TempFolder& folder() const { return folder_; }
  // A certificate, for either side, with names like "DNS:localhost,IP:127.0.0.1".
  Issued issue(const std::string& names, int days = 1) {
    const std::string base = folder_.file("server" + std::to_string(++issued_));
    std::ofstream(base + ".ext")
        << "subjectAltName=" << names
        << "\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth\n";
    openssl("req -new " + new_key(base + ".key") + " -subj /CN=server -out " + base + ".csr");
    openssl("x509 -req -in " + base + ".csr -CA " + certificate_ + " -CAkey " +
            folder_.file("ca.key") + " -CAcreateserial -days " + std::to_string(days) +
            " -extfile " + base + ".ext -out " + base + ".pem");
    return {base + ".pem", base + ".key"};
  }

 private:
  static std::string new_key(const std::string& file) {
    return "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout " + file;
  }
  static void openssl(const std::string& arguments) {
    const std::string command = "openssl " + arguments + " >/dev/null 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }

  TempFolder folder_;
  std::string certificate_;
  int issued_ = 0;
};

}  // namespace sluice::io::testing
