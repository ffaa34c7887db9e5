#include "io/race.h"

#include "io/testing.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using testing::LoopbackSocket;
using testing::run;
using testing::run_until;
using testing::Running;

// A listener whose queue is full: the kernel leaves further connections without an answer.
class SilentAddress {
 public:
  SilentAddress() {
    ::listen(socket_.fd(), 0);
    for (int i = 0; i < 2; i++) {
      fillers_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      ::connect(fillers_.back().get(), address().get(), address().size);
    }
  }
  const Address& address() const { return socket_.address(); }

 private:
  LoopbackSocket socket_;
  std::vector<testing::Fd> fillers_;
};

Async<Result<Socket>> race(Loop& loop, std::vector<Address> addresses, WaitLimit limit) {
  co_return co_await connect_any(loop, "api.example.com:443", addresses, limit);
}

int port_of_peer(const Socket& socket) {
  Address peer;
  peer.size = sizeof peer.storage;
  ::getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.size);
  return peer.port();
}

TEST(ConnectAny, TakesTheFirstAddressThatAnswers) {
  Loop loop;
  LoopbackSocket first, second;
  const auto socket = run(loop, race(loop, {first.address(), second.address()}, {}));
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_EQ(port_of_peer(*socket), first.port());
  EXPECT_LT(second.accept(), 0) << "the second address was bothered without need";
}

TEST(ConnectAny, GoesOnAtOnceWhenAnAddressRefuses) {
  Loop loop;
  LoopbackSocket refusing(LoopbackSocket::refusing), good;
  const Time start = Clock::now();
  const auto socket = run(loop, race(loop, {refusing.address(), good.address()}, {}));
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_EQ(port_of_peer(*socket), good.port());
  EXPECT_LT(Clock::now() - start, milliseconds(240));
}

TEST(ConnectAny, GoesOnAfterAQuarterOfASecondWhenAnAddressIsSilent) {
  Loop loop;
  SilentAddress silent;
  LoopbackSocket good;
  const Time start = Clock::now();
  const auto socket = run(loop, race(loop, {silent.address(), good.address()}, {}));
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_EQ(port_of_peer(*socket), good.port());
  EXPECT_GE(Clock::now() - start, milliseconds(250));
}

TEST(ConnectAny, ARefusalDoesNotEndTheWaitForASilentAddress) {
  Loop loop;
  auto silent = std::make_unique<SilentAddress>();
  LoopbackSocket refusing(LoopbackSocket::refusing);
  Running<Result<Socket>> racing(race(loop, {silent->address(), refusing.address()},
                                      {.deadline = loop.now() + milliseconds(400)}));
  run_until(loop, [&] { return racing.done(); });
  ASSERT_FALSE(racing.result());
  EXPECT_EQ(racing.result().error().code, ErrorCode::timeout);
  EXPECT_EQ(racing.result().error().message,
            "can't connect to api.example.com:443: timed out (127.0.0.1: no answer; 127.0.0.1: "
            "connection refused)");
}

TEST(ConnectAny, ItsErrorListsEveryAddressWithItsReason) {
  Loop loop;
  LoopbackSocket one(LoopbackSocket::refusing, "127.0.0.1");
  LoopbackSocket two(LoopbackSocket::refusing, "127.0.0.2");
  const auto socket = run(loop, race(loop, {one.address(), two.address()}, {}));
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().code, ErrorCode::connection);
  EXPECT_EQ(socket.error().blame, Blame::provider);
  EXPECT_EQ(socket.error().message,
            "can't connect to api.example.com:443: 127.0.0.1: connection refused; 127.0.0.2: "
            "connection refused");
}

TEST(ConnectAny, ItsErrorStaysShortWithManyAddresses) {
  Loop loop;
  LoopbackSocket refusing(LoopbackSocket::refusing);
  const auto socket = run(loop, race(loop, std::vector<Address>(20, refusing.address()), {}));
  ASSERT_FALSE(socket);
  EXPECT_TRUE(socket.error().message.ends_with("127.0.0.1: connection refused; and 16 more"))
      << socket.error().message;
}

TEST(ConnectAny, EndsAtItsDeadline) {
  Loop loop;
  SilentAddress silent;
  const Time deadline = Clock::now() + milliseconds(50);
  const auto socket = run(loop, race(loop, {silent.address()}, {.deadline = deadline}));
  ASSERT_FALSE(socket);
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_EQ(socket.error().code, ErrorCode::timeout);
  EXPECT_EQ(socket.error().status, 408);
}

TEST(ConnectAny, EndsWhenCancelled) {
  Loop loop;
  SilentAddress silent;
  CancelToken token;
  Running<Result<Socket>> racing(race(loop, {silent.address()}, {.cancel = &token}));
  testing::turn(loop);
  EXPECT_FALSE(racing.done());
  token.cancel();
  ASSERT_TRUE(racing.done());
  EXPECT_EQ(racing.result().error().code, ErrorCode::cancelled);
}

TEST(ConnectAny, ClosesItsSocketsWhenDestroyed) {
  Loop loop;
  SilentAddress silent;
  const testing::Fd before(::dup(0));
  {
    const Running<Result<Socket>> racing(race(loop, {silent.address()}, {}));
  }
  const testing::Fd after(::dup(0));
  EXPECT_EQ(after.get(), before.get() + 1) << "a descriptor leaks";
}

}  // namespace
}  // namespace sluice::io
