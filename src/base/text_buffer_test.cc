#include "base/text_buffer.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

TEST(TextBuffer, GrowsAndKeepsWhatItHolds) {
  TextBuffer buffer;
  std::string expected;
  for (int i = 0; i < 2000; i++) {
    buffer.append("ab").push('-').append_number(i);
    expected += "ab-" + std::to_string(i);
  }
  EXPECT_EQ(buffer.text(), expected);
  buffer.clear();
  EXPECT_TRUE(buffer.empty());
}

TEST(TextBuffer, TakesTheTextOfAnEmptyBuffer) {
  TextBuffer empty, buffer;
  EXPECT_EQ(empty.append(buffer.text()).text(), "");
  buffer.append("a").append(empty.text());
  EXPECT_EQ(buffer.text(), "a");
}

TEST(TextBuffer, MakesCapitalsSmallAndLeavesAllElse) {
  TextBuffer buffer;
  buffer.append("A").append_lower("X-RateLimit-Limit_Requests@[^`{0\xc3\x84Z").append_lower("");
  EXPECT_EQ(buffer.append("Z").text(), "Ax-ratelimit-limit_requests@[^`{0\xc3\x84zZ");
  for (std::size_t size = 0; size < 70; size++) {
    buffer.clear();
    EXPECT_EQ(buffer.append_lower(std::string(size, 'Q')).text(), std::string(size, 'q'));
  }
}

TEST(TextBuffer, WritesThousandthsAsPythonPrintsFloats) {
  TextBuffer buffer;
  for (const int number : {0, 5, 50, 500, 1500, 2000, 12345, -1250})
    buffer.append_thousandths(number).push(' ');
  EXPECT_EQ(buffer.text(), "0.0 0.005 0.05 0.5 1.5 2.0 12.345 -1.25 ");
}

}  // namespace
}  // namespace sluice
