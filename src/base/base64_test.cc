#include "base/base64.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Base64, IsReadAsItIsWritten) {
  // RFC 4648, section 10.
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
      {std::string_view("\xff\x00\xfe", 3), "/wD+"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes) << text;
  }
}

TEST(Base64, OfAnyOtherFormIsNotRead) {
  for (const char* text : {"Zg", "Zg=", "Z===", "=", "====", "Zh==", "Zm9v\n", "Zm9v!mFy", "Zm=v",
                           "-_-_", "Zm9vYg==Zm9v"})
    EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace sluice
