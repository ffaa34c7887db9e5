#include "config/key_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace sluice::config {
namespace {

TEST(KeyTable, NearestKeyIsFoundOnlyForSlipsOfThePen) {
  EXPECT_EQ(nearest_key(Section::litellm_params, "api_bse"), "api_base");
  EXPECT_EQ(nearest_key(Section::litellm_params, "apikey"), "api_key");
  EXPECT_EQ(nearest_key(Section::litellm_params, "temprature"), "temperature");
  EXPECT_EQ(nearest_key(Section::general_settings, "masterkey"), "master_key");
  EXPECT_EQ(nearest_key(Section::router_settings, "num_retires"), "num_retries");
  EXPECT_EQ(nearest_key(Section::router_settings, "completely_different"), "");
  EXPECT_EQ(nearest_key(Section::litellm_params, "top"), "");
  EXPECT_EQ(nearest_key(Section::litellm_params, ""), "");
}

TEST(KeyTable, EveryKeyThatIsNotHonouredSaysWhy) {
  for (int i = 0; i <= static_cast<int>(Section::cache_params); i++) {
    for (const KeySpec& spec : keys_of(static_cast<Section>(i))) {
      EXPECT_TRUE(spec.support != Support::not_yet || !spec.note.empty()) << spec.name;
    }
  }
}

TEST(KeyTable, TheDocumentationHoldsTheTables) {
  std::ifstream file(SLUICE_GOLDEN_DIR "/../../docs/config.md");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_NE(text.find(keys_as_markdown()), std::string::npos)
      << "replace the tables in docs/config.md by the output of `sluice check --print-keys`";
}

}  // namespace
}  // namespace sluice::config
