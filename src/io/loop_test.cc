#include "io/loop.h"

#include "io/testing.h"

namespace sluice::io {
namespace {

using testing::turn;

struct Hook final : TurnEnd {
  explicit Hook(std::function<void()> its_work) : work(std::move(its_work)) {}
  void on_turn_end() override { work(); }
  std::function<void()> work;
};

TEST(LoopTurnEnd, RunsOnceAfterAllThatTheTurnDoes) {
  Loop loop;
  std::string order;
  Hook hook([&] { order += "end "; });
  loop.post([&] {
    loop.at_turn_end(hook);
    order += "first ";
  });
  loop.post([&] { order += "second "; });
  turn(loop);
  turn(loop);
  EXPECT_EQ(order, "first second end ");
}

TEST(LoopTurnEnd, WhatATurnsEndAsksForDoesNotWaitForAnEvent) {
  Loop loop;
  const testing::Watchdog watchdog(loop);
  Hook second([&] { loop.stop(); });
  Hook first([&] { loop.at_turn_end(second); });
  loop.at_turn_end(first);
  loop.run();
}

TEST(LoopTurnEnd, ForgettingAHookKeepsItFromRunning) {
  Loop loop;
  int ran = 0;
  Hook other([&] { ran++; });
  Hook hook([&] { loop.forget_turn_end(other); });
  loop.at_turn_end(hook);
  loop.at_turn_end(other);
  turn(loop);
  EXPECT_EQ(ran, 0);
}

}  // namespace
}  // namespace sluice::io
