#include "base/percent.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Percent, WhatIsEncodedComesBack) {
  std::string all;
  for (int byte = 0; byte < 256; byte++) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
}

TEST(Percent, OnlyUnreservedCharactersStandForThemselves) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b&c=+%/:é"), "a%20b%26c%3D%2B%25%2F%3A%C3%A9");
}

TEST(Percent, ABrokenEscapeIsKept) {
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("100%zz%41"), "100%zzA");
}

}  // namespace
}  // namespace sluice
