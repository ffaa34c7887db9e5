#include "base/json_write.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace sluice {
namespace {

std::string text_of(double value) {
  std::string text;
  append_json_double(text, value);
  return text;
}

TEST(JsonDouble, IsWrittenAsPythonPrintsIt) {
  EXPECT_EQ(text_of(0), "0.0");
  EXPECT_EQ(text_of(1), "1.0");
  EXPECT_EQ(text_of(-2.5), "-2.5");
  EXPECT_EQ(text_of(5.4e-05), "5.4e-05");
  EXPECT_EQ(text_of(1e-05), "1e-05");
  EXPECT_EQ(text_of(1.25e-10), "1.25e-10");
  EXPECT_EQ(text_of(1e-12), "1e-12");
  EXPECT_EQ(text_of(1e-13), "1e-13");
  EXPECT_EQ(text_of(0.0001), "0.0001");
  EXPECT_EQ(text_of(0.0002625), "0.0002625");
  EXPECT_EQ(text_of(0.1), "0.1");
  EXPECT_EQ(text_of(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(text_of(999.999999999999), "999.999999999999");
  EXPECT_EQ(text_of(123456.75), "123456.75");
  EXPECT_EQ(text_of(1e15), "1000000000000000.0");
  EXPECT_EQ(text_of(1e16), "1e+16");
  EXPECT_EQ(text_of(std::numeric_limits<double>::infinity()), "null");
}

// The shortest text that reads back as the same number, as std::to_chars finds it.
std::string shortest(double value) {
  char text[64];
  const auto form = value >= 1e-4 ? std::chars_format::fixed : std::chars_format::scientific;
  char* const end = std::to_chars(text, text + sizeof text, value, form).ptr;
  const std::string found(text, end);
  return value >= 1e-4 && !found.contains('.') ? found + ".0" : found;
}

TEST(JsonDouble, IsTheShortestTextOfItsNumber) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; i++) {
    const double decimals = std::pow(10, static_cast<int>(random() % 14));
    const double whole = static_cast<double>(random() % 1'000'000);
    const double price = whole / decimals;           // mostly short
    const double sum = price * 0.15e-6 + price / 3;  // mostly not
    for (const double value : {price, sum, std::nextafter(price, 1e9)}) {
      if (value < 1e-300) continue;
      ASSERT_EQ(text_of(value), shortest(value));
    }
  }
}

}  // namespace
}  // namespace sluice
