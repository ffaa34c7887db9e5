#include "gateway/pilot_count.h"

#include <gtest/gtest.h>

#include <optional>

namespace sluice::gateway {
namespace {

struct PilotCountTest : ::testing::Test {
  PilotCount count;
  int told = 0;
};

TEST_F(PilotCountTest, TellsAtOnceWhereNoneFlies) {
  {
    const PilotCount::Flying ended(count);
  }
  count.when_none([this] { told++; });
  EXPECT_EQ(told, 1);
}

TEST_F(PilotCountTest, TellsWhenTheLastOneHasEnded) {
  std::optional<PilotCount::Flying> first(std::in_place, count), second(std::in_place, count);
  count.when_none([this] { told++; });
  first.reset();
  EXPECT_EQ(told, 0);
  second.reset();
  EXPECT_EQ(told, 1);
}

TEST_F(PilotCountTest, TellsOnce) {
  std::optional<PilotCount::Flying> pilot(std::in_place, count);
  count.when_none([this] { told++; });
  pilot.reset();
  pilot.emplace(count);
  pilot.reset();
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace sluice::gateway
