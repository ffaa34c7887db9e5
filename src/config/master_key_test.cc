#include <gtest/gtest.h>

#include "config/load_for_test.h"

namespace sluice::config {
namespace {

constexpr const char* one_model =
    "model_list:\n"
    "- {model_name: gpt, litellm_params: {model: gpt-4o}}\n";

TEST(MasterKey, WithoutOneTheGatewayIsOpen) {
  EXPECT_EQ(load_text(one_model).settings->master_key, "");
}

TEST(MasterKey, TheFileWinsOverTheEnvironment) {
  const Environment::Values environment = {{"OPENAI_API_KEY", "k"},
                                           {"LITELLM_MASTER_KEY", "sk-env"}};
  const Loaded loaded =
      load_text(std::string(one_model) + "general_settings: {master_key: sk-file}\n",
                {.environment = environment});
  EXPECT_EQ(loaded.settings->master_key, "sk-file");
}

TEST(MasterKey, InLiteLlmSettingsItProtectsNothingAndThatIsTold) {
  const Loaded loaded =
      load_text(std::string(one_model) + "litellm_settings: {master_key: sk-1}\n");
  EXPECT_EQ(loaded.settings->master_key, "");
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 3 litellm_settings.master_key: has no effect here, so the gateway "
                   "is open to everyone; move it to `general_settings`"}));
}

TEST(MasterKey, AMissingVariableNeverOpensTheGateway) {
  const Loaded loaded =
      load_text(std::string(one_model) + "general_settings: {master_key: os.environ/NOT_SET}\n");
  EXPECT_GE(loaded.settings->master_key.size(), 64u);
  EXPECT_EQ(lines_of(loaded),
            (Lines{"ignored 3 general_settings.master_key: the environment variable `NOT_SET` "
                   "is not set; every request is refused until it is"}));
  const Loaded again =
      load_text(std::string(one_model) + "general_settings: {master_key: os.environ/NOT_SET}\n");
  EXPECT_NE(loaded.settings->master_key, again.settings->master_key);
}

TEST(MasterKey, OtherAuthenticationWithoutAKeyNeverOpensTheGateway) {
  const Loaded loaded =
      load_text(std::string(one_model) + "general_settings: {custom_auth: auth.check}\n");
  EXPECT_GE(loaded.settings->master_key.size(), 64u);
  const Loaded off =
      load_text(std::string(one_model) + "general_settings: {enable_jwt_auth: false}\n");
  EXPECT_EQ(off.settings->master_key, "");
}

TEST(MasterKey, ANumberIsAnErrorThatSaysHowToWriteIt) {
  const Loaded loaded =
      load_text(std::string(one_model) + "general_settings: {master_key: 1234}\n");
  EXPECT_FALSE(loaded.settings);
  EXPECT_EQ(lines_of(loaded), (Lines{"error 3 general_settings.master_key: must be a text; "
                                     "write it in quotes"}));
}

}  // namespace
}  // namespace sluice::config
