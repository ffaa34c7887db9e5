#include "io/async.h"

#include <string>
#include <vector>

#include "io/pause.h"
#include "io/testing.h"

namespace sluice::io {
namespace {

using testing::run;
using testing::Running;

Async<int> ready(int value) { co_return value; }

Async<int> sum_of_ready(int count) {
  int sum = 0;
  for (int i = 0; i < count; i++) {
    const int value = co_await ready(1);
    sum += value;
  }
  co_return sum;
}

TEST(Async, AMillionAwaitsOfReadyChildrenKeepTheStackFlat) {
  Loop loop;
  EXPECT_EQ(run(loop, sum_of_ready(1'000'000)), 1'000'000);
}

Async<int> wait_then(Pause& pause, int value) {
  co_await pause;
  co_return value;
}

Async<int> add_one(Async<int> inner) {
  const int value = co_await inner;
  co_return value + 1;
}

TEST(Async, AValueComesUpThroughCoroutinesThatWaited) {
  Loop loop;
  Pause pause(loop, {});
  Running<int> work(add_one(add_one(wait_then(pause, 40))));
  EXPECT_FALSE(work.done());
  pause.wake();
  ASSERT_TRUE(work.done());
  EXPECT_EQ(work.result(), 42);
}

Async<int> wait_often(Pause& pause, int times) {
  int waited = 0;
  for (; waited < times; waited++) {
    const int one = co_await wait_then(pause, 1);
    if (one != 1) break;
  }
  co_return waited;
}

TEST(Async, ChildrenThatWaitInALoopAreResumedEachTime) {
  Loop loop;
  Pause pause(loop, {});
  Running<int> work(wait_often(pause, 1000));
  for (int i = 0; i < 1000; i++) {
    EXPECT_FALSE(work.done());
    pause.wake();
  }
  ASSERT_TRUE(work.done());
  EXPECT_EQ(work.result(), 1000);
}

struct Witness {
  std::vector<std::string>& log;
  std::string name;
  ~Witness() { log.push_back(name); }
};

Async<int> hold(std::vector<std::string>& log, std::string name, Pause& pause) {
  const Witness witness{log, name};
  const IoError ended = co_await pause;
  co_return static_cast<int>(ended);
}

Async<int> hold_outside(std::vector<std::string>& log, Pause& pause) {
  const Witness witness{log, "outer"};
  const int inner = co_await hold(log, "inner", pause);
  co_return inner;
}

TEST(Async, DestroyingAWaitingCoroutineDestroysWhatItHoldsFromTheInside) {
  Loop loop;
  Pause pause(loop, {});
  std::vector<std::string> log;
  {
    Running<int> work(hold_outside(log, pause));
    EXPECT_TRUE(log.empty());
  }
  EXPECT_EQ(log, (std::vector<std::string>{"inner", "outer"}));
}

TEST(Async, AnAsyncThatIsNeverAwaitedDoesNotRun) {
  Loop loop;
  Pause pause(loop, {});
  std::vector<std::string> log;
  {
    const Async<int> never_awaited = hold(log, "body", pause);
  }
  EXPECT_TRUE(log.empty());
}

Async<std::unique_ptr<int>> make_unique_later(Pause& pause) {
  co_await pause;
  co_return std::make_unique<int>(7);
}

Async<int> take(Pause& pause) {
  const std::unique_ptr<int> value = co_await make_unique_later(pause);
  co_return *value;
}

TEST(Async, ResultsMayBeMoveOnly) {
  Loop loop;
  Pause pause(loop, {});
  Running<int> work(take(pause));
  pause.wake();
  EXPECT_EQ(work.result(), 7);
}

Detached note_end(bool& ended, Pause& pause) {
  co_await pause;
  ended = true;
}

TEST(Detached, StartsAtOnceAndFreesItselfAtItsEnd) {
  Loop loop;
  Pause pause(loop, {});
  bool ended = false;
  note_end(ended, pause);
  EXPECT_FALSE(ended);
  pause.wake();
  EXPECT_TRUE(ended);
}

TEST(Async, FramesOfAThreadAreGivenBackAtItsEnd) {
  // Nothing to assert: LeakSanitizer sees what stays.
  std::thread([] {
    Loop loop;
    EXPECT_EQ(run(loop, sum_of_ready(10)), 10);
  }).join();
}

}  // namespace
}  // namespace sluice::io
