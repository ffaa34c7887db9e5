#include "io/pause.h"

#include "io/testing.h"

namespace sluice::io {
namespace {

using testing::run;
using testing::Running;

Async<IoError> wait(Pause& pause) { co_return co_await pause; }

TEST(Pause, EndsWhenWoken) {
  Loop loop;
  Pause pause(loop, {});
  Running<IoError> waiting(wait(pause));
  EXPECT_FALSE(waiting.done());
  pause.wake();
  EXPECT_EQ(waiting.result(), IoError::none);
}

TEST(Pause, AWakeUpBeforeTheWaitIsNotLost) {
  Loop loop;
  Pause pause(loop, {});
  pause.wake();
  EXPECT_EQ(Running<IoError>(wait(pause)).result(), IoError::none);
  EXPECT_FALSE(Running<IoError>(wait(pause)).done()) << "a wake-up ends one wait only";
}

TEST(Pause, EndsAtItsTime) {
  Loop loop;
  const Time due = Clock::now() + std::chrono::milliseconds(40);
  Pause pause(loop, {.deadline = due});
  EXPECT_EQ(run(loop, wait(pause)), IoError::timeout);
  EXPECT_GE(Clock::now(), due);
}

TEST(Pause, DoesNotWaitWhenItsTimeIsOver) {
  Loop loop;
  Pause pause(loop, {.deadline = loop.now()});
  EXPECT_EQ(Running<IoError>(wait(pause)).result(), IoError::timeout);
}

TEST(Pause, ItsTimeCanBeMoved) {
  Loop loop;
  Pause pause(loop, {.deadline = loop.now() + std::chrono::hours(1)});
  pause.set_due(loop.now() + std::chrono::milliseconds(1));
  EXPECT_EQ(run(loop, wait(pause)), IoError::timeout);
  pause.set_due(never);
  EXPECT_FALSE(Running<IoError>(wait(pause)).done());
}

TEST(Pause, EndsWhenCancelled) {
  Loop loop;
  CancelToken token;
  Pause pause(loop, {.cancel = &token});
  Running<IoError> waiting(wait(pause));
  token.cancel();
  EXPECT_EQ(waiting.result(), IoError::cancelled);
  EXPECT_EQ(Running<IoError>(wait(pause)).result(), IoError::cancelled) << "later waits too";
}

TEST(Pause, LeavesTheTokenWhenItsCoroutineIsDestroyed) {
  Loop loop;
  CancelToken token;
  {
    Pause pause(loop, {.cancel = &token});
    const Running<IoError> waiting(wait(pause));
  }
  token.cancel();  // must not reach the dead pause
  EXPECT_TRUE(token.cancelled());
}

}  // namespace
}  // namespace sluice::io
