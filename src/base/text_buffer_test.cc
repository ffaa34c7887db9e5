#include "base/text_buffer.h"

#include <gtest/gtest.h>

#include <limits>
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

TEST(TextBuffer, WritesWholeNumbers) {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  for (std::int64_t number = 1; number < 1'000'000'000'000'000'000; number *= 10) {
    for (const std::int64_t each : {number - 1, number, number + 1, 0 - number, number * 7}) {
      TextBuffer buffer;
      EXPECT_EQ(buffer.append_number(each).text(), std::to_string(each));
    }
  }
  TextBuffer ends;
  ends.append_number(least).push(' ').append_number(-(least + 1));
  EXPECT_EQ(ends.text(), "-9223372036854775808 9223372036854775807");
}

TEST(BoundedText, MakesCapitalsSmallAndLeavesAllElse) {
  TextBuffer buffer;
  BoundedText(buffer.append("A"), 100)
      .put_lower("X-RateLimit-Limit_Requests@[^`{0\xc3\x84Z")
      .put_lower("");
  EXPECT_EQ(buffer.append("Z").text(), "Ax-ratelimit-limit_requests@[^`{0\xc3\x84zZ");
  for (std::size_t size = 0; size < 70; size++) {
    buffer.clear();
    BoundedText(buffer, size + 1).put_lower(std::string(size, 'Q')).put("R");
    EXPECT_EQ(buffer.text(), std::string(size, 'q') + "R");
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
