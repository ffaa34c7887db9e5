#include "cache/key_format.h"

#include <gtest/gtest.h>

namespace sluice::cache {
namespace {

TEST(IsKeyOf, KnowsTheKeysOfItsScheme) {
  const std::string digest(64, 'a');
  EXPECT_TRUE(is_key_of(KeyScheme::litellm, digest));
  EXPECT_TRUE(is_key_of(KeyScheme::litellm, "team:" + digest));
  EXPECT_TRUE(is_key_of(KeyScheme::sluice, "sluice:" + digest));
  EXPECT_TRUE(is_key_of(KeyScheme::sluice, "team:sluice:" + digest));
  for (const std::string& other :
       {std::string(), std::string("user:1"), digest.substr(1), "x" + digest,
        "team:sluice:" + digest, std::string(64, 'A'), "team:" + std::string(64, 'g')})
    EXPECT_FALSE(is_key_of(KeyScheme::litellm, other)) << other;
  for (const std::string& other : {digest, "team:" + digest, "xsluice:" + digest})
    EXPECT_FALSE(is_key_of(KeyScheme::sluice, other)) << other;
}

}  // namespace
}  // namespace sluice::cache
