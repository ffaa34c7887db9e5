#include "io/outage.h"

#include <gtest/gtest.h>

#include <latch>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::io {
namespace {

int count(const std::string& log, std::string_view words) {
  int found = 0;
  for (std::size_t at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
    found++;
  return found;
}

TEST(Outage, OfManyLoopsHasOneBeginningAndOneEndWithAllThatWentWithout) {
  constexpr int loops = 8;
  std::latch all_without(loops);
  ::testing::internal::CaptureStderr();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < loops; i++)
      threads.emplace_back([&all_without] {
        outage_begins("redis a:1", "redis a:1 does not answer: timed out");
        all_without.arrive_and_wait();
        outage_ends("redis a:1", 10);
      });
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(count(log, "redis a:1 does not answer: timed out; answering without it"), 1) << log;
  EXPECT_EQ(count(log, "redis a:1 answers again"), 1) << log;
  EXPECT_EQ(count(log, "calls_without=80"), 1) << log;
}

TEST(Outage, OfAServerThatNobodyNeedsAnyMoreIsOver) {
  ::testing::internal::CaptureStderr();
  outage_begins("redis a:1", "redis a:1 is away");
  outage_begins("redis a:1", "redis a:1 is away");
  outage_is_over("redis a:1");
  outage_ends("redis a:1", 5);
  outage_begins("redis a:1", "redis a:1 is away again");
  outage_is_over("redis a:1");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(count(log, "answers again"), 1) << log;
  EXPECT_EQ(count(log, "is away again; answering without it"), 1) << log;
  EXPECT_EQ(count(log, "is not needed any more"), 1) << log;
}

}  // namespace
}  // namespace sluice::io
