#include "base/digest.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Hex, WritesTwoSmallDigitsForEachByte) {
  using namespace std::string_view_literals;
  EXPECT_EQ(hex("\0\x0f\x7f\x80\xa5\xff"sv), "000f7f80a5ff");
  EXPECT_EQ(hex(""), "");
}

TEST(WriteHex, WritesNothingElse) {
  std::string text = "<....>";
  write_hex("\xab\xcd", text.data() + 1);
  EXPECT_EQ(text, "<abcd>");
}

// FIPS 180-4's example, and again: the context is used a second time.
TEST(Sha256, IsThatOfTheStandard) {
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(hex(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}

}  // namespace
}  // namespace sluice
