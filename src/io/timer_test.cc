#include "io/timer.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Time start = Time(seconds(1000));

class Alarm final : public Timer {
 public:
  explicit Alarm(std::function<void()> then = [] {}) : then_(std::move(then)) {}
  void on_timer() override {
    fired++;
    then_();
  }
  int fired = 0;

 private:
  std::function<void()> then_;
};

TEST(TimerWheel, FiresOnceNotBeforeItsTimeAndAtMostATickLater) {
  for (const int after : {0, 1, 3, 4, 5, 15, 16, 17, 100, 8187, 8188, 8189, 8192, 20000, 123456}) {
    TimerWheel wheel(start);
    Alarm alarm;
    const Time due = start + milliseconds(after);
    wheel.arm(alarm, due);
    Time fired_at = never;
    for (Time now = start; fired_at == never && now < due + seconds(1); now += milliseconds(1)) {
      wheel.turn(now);
      if (alarm.fired > 0) fired_at = now;
    }
    EXPECT_GE(fired_at, due) << after;
    EXPECT_LE(fired_at, due + milliseconds(5)) << after;
    wheel.turn(due + seconds(60));
    EXPECT_EQ(alarm.fired, 1) << after;
  }
}

TEST(TimerWheel, WaitNamesAMomentThatIsNotTooLate) {
  TimerWheel wheel(start);
  Alarm alarm;
  EXPECT_EQ(wheel.wait(start), -1);
  wheel.arm(alarm, start + seconds(100));  // farther than one round of the wheel
  Time now = start;
  int sleeps = 0;
  while (alarm.fired == 0 && sleeps < 100) {
    const int wait = wheel.wait(now);
    ASSERT_GE(wait, 0);
    now += milliseconds(wait);
    wheel.turn(now);
    sleeps++;
  }
  EXPECT_EQ(alarm.fired, 1);
  EXPECT_GE(now, start + seconds(100));
  EXPECT_LE(now, start + seconds(100) + milliseconds(17));
  EXPECT_LE(sleeps, 15) << "a far timer is looked at once a round, not at every tick";
  EXPECT_EQ(wheel.wait(now), -1);
}

TEST(TimerWheel, ArmedAgainFiresAtTheNewTimeOnly) {
  for (const int first : {50, 500, 50000}) {
    for (const int second : {20, 400, 60000}) {
      TimerWheel wheel(start);
      Alarm alarm;
      wheel.arm(alarm, start + milliseconds(first));
      wheel.arm(alarm, start + milliseconds(second));
      wheel.turn(start + milliseconds(second - 1));
      EXPECT_EQ(alarm.fired, 0) << first << " " << second;
      wheel.turn(start + milliseconds(second + 17));
      EXPECT_EQ(alarm.fired, 1) << first << " " << second;
      wheel.turn(start + seconds(200));
      EXPECT_EQ(alarm.fired, 1) << first << " " << second;
    }
  }
}

TEST(TimerWheel, DisarmedDoesNotFireAndCanBeArmedAgain) {
  TimerWheel wheel(start);
  Alarm alarm;
  wheel.arm(alarm, start + milliseconds(50));
  alarm.disarm();
  wheel.turn(start + seconds(1));
  EXPECT_EQ(alarm.fired, 0);
  wheel.arm(alarm, start + seconds(2));
  wheel.arm(alarm, never);
  wheel.turn(start + seconds(3));
  EXPECT_EQ(alarm.fired, 0);
  wheel.arm(alarm, start + seconds(4));
  wheel.turn(start + seconds(5));
  EXPECT_EQ(alarm.fired, 1);
}

TEST(TimerWheel, ALongSleepFiresAllThatIsDueAndNothingElse) {
  TimerWheel wheel(start);
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 1000; i++) {
    alarms.push_back(std::make_unique<Alarm>());
    wheel.arm(*alarms.back(), start + milliseconds(i * 100));
  }
  const Time now = start + milliseconds(50050);  // six rounds at once
  wheel.turn(now);
  for (int i = 0; i < 1000; i++) EXPECT_EQ(alarms[i]->fired, i * 100 + 4 < 50050 ? 1 : 0) << i;
  wheel.turn(start + seconds(101));
  for (int i = 0; i < 1000; i++) EXPECT_EQ(alarms[i]->fired, 1) << i;
}

TEST(TimerWheel, ACallbackMayArmItselfAndDestroyOthers) {
  TimerWheel wheel(start);
  auto victim = std::make_unique<Alarm>();
  auto killer = std::make_unique<Alarm>([&] { victim.reset(); });
  // Armed in both orders, so that one of the two killers comes before its victim.
  auto second_victim = std::make_unique<Alarm>();
  auto second_killer = std::make_unique<Alarm>([&] { second_victim.reset(); });
  wheel.arm(*victim, start + milliseconds(100));
  wheel.arm(*killer, start + milliseconds(100));
  wheel.arm(*second_killer, start + milliseconds(100));
  wheel.arm(*second_victim, start + milliseconds(100));
  Alarm* again = nullptr;
  Alarm repeating([&] { wheel.arm(*again, start + milliseconds(200)); });
  again = &repeating;
  wheel.arm(repeating, start + milliseconds(100));
  wheel.turn(start + milliseconds(105));
  EXPECT_EQ(victim, nullptr);
  EXPECT_EQ(second_victim, nullptr);
  EXPECT_EQ(repeating.fired, 1);
  wheel.turn(start + milliseconds(205));
  EXPECT_EQ(repeating.fired, 2);
}

TEST(TimerWheel, ACallbackMayDestroyItsOwnTimer) {
  TimerWheel wheel(start);
  std::unique_ptr<Alarm> alarm;
  bool fired = false;
  alarm = std::make_unique<Alarm>([&] {
    fired = true;
    wheel.arm(*alarm, start + seconds(9));  // even when it was just armed again
  });
  wheel.arm(*alarm, start);
  wheel.turn(start + milliseconds(20));
  EXPECT_TRUE(fired);
  alarm.reset();
  wheel.turn(start + seconds(10));
}

TEST(TimerWheel, ATimerMayOutliveItsWheel) {
  Alarm alarm;
  {
    TimerWheel wheel(start);
    wheel.arm(alarm, start + seconds(1));
  }
  EXPECT_EQ(alarm.fired, 0);
}

// Against the obvious model: a list that is searched at every step.
TEST(TimerWheel, AgreesWithASimpleModelOverRandomUse) {
  std::mt19937 random(20);
  TimerWheel wheel(start);
  constexpr int count = 200;
  std::vector<Alarm> alarms(count);
  std::vector<Time> due(count, never);
  std::vector<int> expected(count, 0);
  Time now = start;
  for (int step = 0; step < 5000; step++) {
    const auto which = random() % count;
    const auto action = random() % 4;
    if (action == 0) {
      alarms[which].disarm();
      due[which] = never;
    } else {
      due[which] = now + milliseconds(random() % (action == 1 ? 40 : 30000));
      wheel.arm(alarms[which], due[which]);
    }
    now += milliseconds(random() % (step % 100 == 0 ? 20000 : 40));
    wheel.turn(now);
    for (int i = 0; i < count; i++) {
      const bool fired = alarms[i].fired > expected[i];
      if (fired) {
        ASSERT_LE(due[i], now) << "too early";
      } else if (due[i] != never) {
        ASSERT_GT(due[i] + milliseconds(17), now) << "too late";
      }
      if (fired) due[i] = never;
      expected[i] = alarms[i].fired;
    }
  }
}

}  // namespace
}  // namespace sluice::io
