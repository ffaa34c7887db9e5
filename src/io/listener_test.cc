#include "io/listener.h"

#include <sys/resource.h>

#include <set>
#include <vector>

#include "io/testing.h"

namespace sluice::io {
namespace {

using testing::Fd;
using testing::run_until;
using testing::turn;

// Connects and waits until the kernel has the connection in the listener's queue.
Fd connect_to(const char* address, int port) {
  const Address target = *Address::from_literal(address, port);
  Fd fd(::socket(target.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.get(), target.get(), target.size), 0) << ::strerror(errno);
  return fd;
}

struct Guests {
  Listener::OnConnection callback() {
    return [this](int fd, const Address& peer) {
      fds.emplace_back(fd);
      peers.push_back(peer.text());
      ports.push_back(peer.port());
    };
  }
  std::vector<Fd> fds;
  std::vector<std::string> peers;
  std::vector<int> ports;
};

std::unique_ptr<Listener> open_or_fail(Loop& loop, const char* host, Guests& guests) {
  auto opened = Listener::open(loop, host, 0, guests.callback());
  EXPECT_TRUE(opened) << opened.error().message;
  return std::move(*opened);
}

TEST(Listener, HandsOverConnectionsWithTheirPeer) {
  Loop loop;
  Guests guests;
  const auto listener = open_or_fail(loop, "127.0.0.1", guests);
  EXPECT_NE(listener->port(), 0);
  const Fd client = connect_to("127.0.0.1", listener->port());
  run_until(loop, [&] { return !guests.fds.empty(); });
  EXPECT_EQ(guests.peers[0], "127.0.0.1");
  Address own;
  own.size = sizeof own.storage;
  ::getsockname(client.get(), reinterpret_cast<sockaddr*>(&own.storage), &own.size);
  EXPECT_EQ(guests.ports[0], own.port());
  EXPECT_TRUE(::fcntl(guests.fds[0].get(), F_GETFL) & O_NONBLOCK);
  EXPECT_TRUE(::fcntl(guests.fds[0].get(), F_GETFD) & FD_CLOEXEC);
}

TEST(Listener, AcceptsMoreThanABatch) {
  Loop loop;
  Guests guests;
  const auto listener = open_or_fail(loop, "127.0.0.1", guests);
  std::vector<Fd> clients;
  for (int i = 0; i < 150; i++) clients.push_back(connect_to("127.0.0.1", listener->port()));
  run_until(loop, [&] { return guests.fds.size() == 150; });
}

TEST(Listener, LocalhostAndTheAnyAddressWork) {
  Loop loop;
  Guests guests;
  for (const char* host : {"localhost", "0.0.0.0"}) {
    const auto listener = open_or_fail(loop, host, guests);
    guests.fds.clear();
    const Fd client = connect_to("127.0.0.1", listener->port());
    run_until(loop, [&] { return !guests.fds.empty(); });
  }
}

TEST(Listener, TheAnyAddressOfIpv6TakesBothFamilies) {
  Loop loop;
  Guests guests;
  const auto listener = open_or_fail(loop, "::", guests);
  const Fd v4 = connect_to("127.0.0.1", listener->port());
  const Fd v6 = connect_to("::1", listener->port());
  run_until(loop, [&] { return guests.fds.size() == 2; });
  EXPECT_EQ(std::set(guests.peers.begin(), guests.peers.end()),
            (std::set<std::string>{"127.0.0.1", "::1"}));
}

TEST(Listener, LoopsShareAPortAndTheKernelSpreadsTheConnections) {
  Loop first_loop, second_loop;
  Guests first_guests, second_guests;
  const auto first = open_or_fail(first_loop, "127.0.0.1", first_guests);
  const auto second =
      Listener::open(second_loop, "127.0.0.1", first->port(), second_guests.callback());
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ((*second)->port(), first->port());
  std::vector<Fd> clients;
  for (int i = 0; i < 64; i++) clients.push_back(connect_to("127.0.0.1", first->port()));
  run_until(first_loop, [&] {
    turn(second_loop);
    return first_guests.fds.size() + second_guests.fds.size() == 64;
  });
  EXPECT_GT(first_guests.fds.size(), 0u);
  EXPECT_GT(second_guests.fds.size(), 0u);
}

TEST(Listener, CheckingAPortSeesWhoWouldShareIt) {
  Loop loop;
  Guests guests;
  const auto other = open_or_fail(loop, "127.0.0.1", guests);
  const int port = other->port();
  const Status busy = Listener::check_free("127.0.0.1", port);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().message, "can't listen on 127.0.0.1:" + std::to_string(port) +
                                      ": address already in use. Stop what listens there, or "
                                      "choose another port with --port.");
  EXPECT_EQ(busy.error().blame, Blame::gateway);
  other->close();
  EXPECT_TRUE(Listener::check_free("127.0.0.1", port));
}

TEST(Listener, ErrorsNameWhatCannotBeUsed) {
  struct Case {
    const char* host;
    int port;
    const char* message;
  };
  const Case cases[] = {
      {"127.0.0.1", 65536, "can't listen on port 65536: --port takes 1 to 65535."},
      {"127.0.0.1", -1, "can't listen on port -1: --port takes 1 to 65535."},
      {"no.such.host", 0,
       "can't listen on `no.such.host`: --host takes an IP address such as 0.0.0.0, 127.0.0.1 or "
       "::."},
      {"203.0.113.7", 0,
       "can't listen on 203.0.113.7:0: cannot assign requested address. No interface of this "
       "machine has that address (--host)."},
  };
  Loop loop;
  for (const Case& each : cases) {
    Guests guests;
    const auto opened = Listener::open(loop, each.host, each.port, guests.callback());
    ASSERT_FALSE(opened) << each.message;
    EXPECT_EQ(opened.error().message, each.message);
  }
}

TEST(Listener, ClosingAcceptsWhatIsQueuedAndRefusesTheRest) {
  Loop loop;
  Guests guests;
  const auto listener = open_or_fail(loop, "127.0.0.1", guests);
  const int port = listener->port();
  std::vector<Fd> clients;
  for (int i = 0; i < 100; i++) clients.push_back(connect_to("127.0.0.1", port));
  listener->close();
  EXPECT_EQ(guests.fds.size(), 100u);
  const Address target = *Address::from_literal("127.0.0.1", port);
  const Fd late(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_NE(::connect(late.get(), target.get(), target.size), 0);
  EXPECT_EQ(errno, ECONNREFUSED);
  listener->close();  // a second time is harmless
}

TEST(Listener, TheCallbackMayCloseIt) {
  Loop loop;
  std::unique_ptr<Listener> listener;
  std::vector<Fd> fds;
  auto opened = Listener::open(loop, "127.0.0.1", 0, [&](int fd, const Address&) {
    fds.emplace_back(fd);
    listener->close();
  });
  ASSERT_TRUE(opened);
  listener = std::move(*opened);
  std::vector<Fd> clients;
  for (int i = 0; i < 3; i++) clients.push_back(connect_to("127.0.0.1", listener->port()));
  run_until(loop, [&] { return !fds.empty(); });
  EXPECT_EQ(fds.size(), 3u);
}

// Lowers the limit of descriptors so that none is free.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const Fd lowest_free(::dup(0));
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(lowest_free.get());
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

class StopLater final : public Timer {
 public:
  StopLater(Loop& loop, Duration after) : loop_(loop) { loop.arm(*this, Clock::now() + after); }
  void on_timer() override { loop_.stop(); }

 private:
  Loop& loop_;
};

TEST(Listener, WithoutFreeDescriptorsItRestsAndThenAcceptsWhoWaited) {
#if __has_feature(undefined_behavior_sanitizer)
  GTEST_SKIP() << "UBSan itself needs descriptors to check a virtual call";
#endif
  Loop loop;
  Guests guests;
  const auto listener = open_or_fail(loop, "127.0.0.1", guests);
  const Fd client = connect_to("127.0.0.1", listener->port());
  {
    const NoDescriptorsLeft nothing_free;
    const StopLater stop(loop, std::chrono::milliseconds(400));
    const double before = cpu_seconds();
    loop.run();
    EXPECT_LT(cpu_seconds() - before, 0.2) << "it must not spin";
    EXPECT_TRUE(guests.fds.empty());
  }
  run_until(loop, [&] { return !guests.fds.empty(); });
}

}  // namespace
}  // namespace sluice::io
