// Who gets a permit, in which order, on which thread; and that none is ever lost.
#include "io/semaphore.h"

#include <atomic>
#include <thread>
#include <vector>

#include "io/group.h"
#include "io/testing.h"

namespace sluice::io {
namespace {

using testing::run;
using testing::Running;

struct SemaphoreTest : ::testing::Test {
  Loop loop;
  Semaphore semaphore;

  // Lets everybody run who was woken.
  void turn() { run(loop, pause()); }
  Async<Done> pause() {
    Pause short_pause(loop, {.deadline = Clock::now() + std::chrono::milliseconds(5)});
    co_await short_pause;
    co_return Done{};
  }
  IoError acquire(std::int64_t most, Semaphore::Permit& permit, WaitLimit limit = {}) {
    return run(loop, semaphore.acquire(most, loop, limit, permit));
  }
};

TEST_F(SemaphoreTest, GivesAsManyAsTheLimit) {
  Semaphore::Permit first, second, third;
  EXPECT_EQ(acquire(2, first), IoError::none);
  EXPECT_EQ(acquire(2, second), IoError::none);
  Running<IoError> waits(semaphore.acquire(2, loop, {}, third));
  turn();
  EXPECT_FALSE(waits.done());
  EXPECT_EQ(semaphore.held(), 2);
  first.release();
  EXPECT_FALSE(waits.done()) << "nobody runs inside of release()";
  turn();
  ASSERT_TRUE(waits.done());
  EXPECT_TRUE(third);
  EXPECT_FALSE(first);
}

TEST_F(SemaphoreTest, WhoComesFirstIsServedFirst) {
  Semaphore::Permit held, one, two;
  acquire(1, held);
  Running<IoError> first(semaphore.acquire(1, loop, {}, one));
  Running<IoError> second(semaphore.acquire(1, loop, {}, two));
  held.release();
  Semaphore::Permit late;
  EXPECT_EQ(acquire(1, late, {.deadline = Clock::now()}), IoError::timeout) << "behind the others";
  turn();
  EXPECT_TRUE(first.done());
  EXPECT_FALSE(second.done());
}

TEST_F(SemaphoreTest, WhoWaitsTooLongOrLeavesHoldsNothing) {
  Semaphore::Permit held, other;
  acquire(1, held);
  EXPECT_EQ(acquire(1, other, {.deadline = Clock::now() + std::chrono::milliseconds(5)}),
            IoError::timeout);
  CancelToken token;
  Running<IoError> leaves(semaphore.acquire(1, loop, {.cancel = &token}, other));
  token.cancel();
  ASSERT_TRUE(leaves.done());
  EXPECT_EQ(leaves.result(), IoError::cancelled);
  EXPECT_FALSE(other);
  held.release();
  EXPECT_EQ(semaphore.held(), 0);
}

TEST_F(SemaphoreTest, APermitOfSomebodyWhoIsGoneGoesToTheNext) {
  Semaphore::Permit held, gone, next;
  acquire(1, held);
  auto leaves = std::make_unique<Running<IoError>>(semaphore.acquire(1, loop, {}, gone));
  Running<IoError> waits(semaphore.acquire(1, loop, {}, next));
  held.release();  // granted to the first, who has not heard of it
  leaves.reset();
  turn();
  ASSERT_TRUE(waits.done());
  EXPECT_TRUE(next);
  EXPECT_EQ(semaphore.held(), 1);
}

TEST_F(SemaphoreTest, AHigherLimitLetsThoseInFrontGo) {
  Semaphore::Permit held, waiting, newcomer;
  acquire(1, held);
  Running<IoError> waits(semaphore.acquire(1, loop, {}, waiting));
  EXPECT_EQ(acquire(3, newcomer), IoError::none);
  turn();
  EXPECT_TRUE(waits.done());
}

TEST_F(SemaphoreTest, ALowerLimitWaitsUntilEnoughAreBack) {
  Semaphore::Permit one, two, third;
  acquire(2, one);
  acquire(2, two);
  one.release();
  EXPECT_EQ(acquire(1, third, {.deadline = Clock::now()}), IoError::timeout);
  two.release();
  EXPECT_EQ(acquire(1, third), IoError::none);
}

TEST_F(SemaphoreTest, AMovedPermitIsGivenBackOnce) {
  Semaphore::Permit one, other;
  acquire(2, one);
  acquire(2, other);
  one = std::move(other);
  other.release();
  EXPECT_EQ(semaphore.held(), 1);
  one.release();
  EXPECT_EQ(semaphore.held(), 0);
}

// One worker's rounds; with the most that were at it at once.
Async<Done> work(Semaphore& semaphore, Loop& loop, std::atomic<int>& busy, std::atomic<int>& most) {
  for (int round = 0; round < 200; round++) {
    Semaphore::Permit permit;
    const WaitLimit limit{.deadline = round % 7 == 0 ? loop.now() : never};
    const IoError ended = co_await semaphore.acquire(3, loop, limit, permit);
    if (ended != IoError::none) continue;
    const int now = ++busy;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    Pause pause(loop, {.deadline = Clock::now() + std::chrono::microseconds(100)});
    co_await pause;
    busy--;
  }
  co_return Done{};
}

TEST(Semaphore, LoopsOnSeveralThreadsShareTheLimit) {
  Semaphore semaphore;
  std::atomic<int> busy = 0, most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) {
    threads.emplace_back([&] {
      Loop loop;
      Group group(loop);
      for (int j = 0; j < 4; j++) group.spawn(work(semaphore, loop, busy, most));
      run(loop, group.join());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 3);
  EXPECT_EQ(semaphore.held(), 0);
}

}  // namespace
}  // namespace sluice::io
