#include "io/breaker.h"

#include <gtest/gtest.h>

namespace sluice::io {
namespace {

using namespace std::chrono_literals;

const Time start = Time() + 1h;

// Commands that are sent one after another, each when the last one has failed.
void fail_in_turn(Breaker& breaker, int count, Time& now) {
  for (int i = 0; i < count; i++) {
    const Time sent = now;
    now += 20ms;
    breaker.failed(sent, now);
  }
}

TEST(Breaker, OpensAfterSeveralFailuresInARow) {
  Breaker breaker;
  Time now = start;
  fail_in_turn(breaker, Breaker::most_failures - 1, now);
  EXPECT_FALSE(breaker.open());
  EXPECT_TRUE(breaker.failed(now, now + 20ms));
  EXPECT_TRUE(breaker.open());
  EXPECT_EQ(breaker.opened_at(), now + 20ms);
}

TEST(Breaker, AReplyInTimeBeginsTheCountAnew) {
  Breaker breaker;
  Time now = start;
  fail_in_turn(breaker, Breaker::most_failures - 1, now);
  breaker.succeeded();
  fail_in_turn(breaker, Breaker::most_failures - 1, now);
  EXPECT_FALSE(breaker.open());
}

TEST(Breaker, CommandsThatWaitedSideBySideAreOneFailure) {
  Breaker breaker;
  for (int i = 0; i < 100; i++) breaker.failed(start, start + 20ms);
  EXPECT_FALSE(breaker.open());
  for (int i = 0; i < 100; i++) breaker.failed(start + 19ms, start + 39ms);
  EXPECT_FALSE(breaker.open()) << "sent before the first ones had failed";
  Time now = start + 20ms;
  fail_in_turn(breaker, Breaker::most_failures - 1, now);
  EXPECT_TRUE(breaker.open());
}

TEST(Breaker, CountsAllThatWentWithout) {
  Breaker breaker;
  Time now = start;
  fail_in_turn(breaker, Breaker::most_failures, now);
  breaker.failed(now - 10ms, now + 10ms);
  breaker.refused();
  breaker.refused();
  EXPECT_EQ(breaker.without(), 6u);
}

TEST(Breaker, OnlyAProbeClosesIt) {
  Breaker breaker;
  EXPECT_TRUE(breaker.trip(start));
  EXPECT_FALSE(breaker.trip(start));
  breaker.succeeded();
  EXPECT_TRUE(breaker.open()) << "a reply to what was sent before";
  breaker.probe_succeeded();
  EXPECT_FALSE(breaker.open());
  Time now = start;
  fail_in_turn(breaker, Breaker::most_failures - 1, now);
  EXPECT_FALSE(breaker.open()) << "a new outage counts from nothing";
  EXPECT_EQ(breaker.pause(), Breaker::first_pause);
}

TEST(Breaker, ProbesBecomeRarerUpToALimit) {
  Breaker breaker;
  breaker.trip(start);
  std::chrono::milliseconds last = breaker.pause();
  for (int i = 0; i < 10; i++) {
    breaker.probe_failed();
    EXPECT_GE(breaker.pause(), last);
    last = breaker.pause();
  }
  EXPECT_EQ(last, Breaker::longest_pause);
  breaker.probe_succeeded();
  breaker.trip(start + 1h);
  EXPECT_EQ(breaker.pause(), Breaker::first_pause);
}

}  // namespace
}  // namespace sluice::io
