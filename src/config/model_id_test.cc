#include "config/model_id.h"

#include <gtest/gtest.h>

#include "config/yaml_parse.h"

namespace sluice::config {
namespace {

std::string id_of(std::string_view group, std::string_view params) {
  const YamlResult yaml = parse_yaml(params, 0);
  EXPECT_TRUE(yaml.ok) << yaml.error.message;
  return model_id(group, yaml.root);
}

// The ids are what LiteLLM 1.68.0 answered in x-litellm-model-id for these parameters.
TEST(ModelId, IsLiteLlms) {
  EXPECT_EQ(id_of("gpt-4o-mini", "{api_key: sk-fake, model: gpt-4o-mini}"),
            "067b67afc2b660f7c1718881a9c9698b57874f215c3a6a0b6d1e11f986bd8ebf");
  EXPECT_EQ(id_of("gpt-4o-mini", "{model: gpt-4o-mini, api_key: sk-fake}"),
            "70e42597891a0a399b8b76f449cc2c89f54cad81cbf867057b49cd3830f95633");
  EXPECT_EQ(id_of("openai/*", "{model: 'openai/*', api_key: sk-fake}"),
            "905d0dc9f08cd2700fff6423d9933035a40754ca1a3af59d8d3b44f2ac42c953");
  EXPECT_EQ(id_of("mocked", "{model: gpt-4, api_key: sk-fake, mock_response: mocked answer}"),
            "6d6f0506d42abf21ef0b1fbcec6edea5c8d31c1f998c939e5e660f0db88df69c");
  EXPECT_EQ(id_of("with-defaults",
                  "{model: gpt-4o-mini, api_key: sk-fake, temperature: 0.2, max_tokens: 100}"),
            "eefb7cdde4dc0eb05ffd27f18705577a8d3c24f27f6ee26ea8e3b652c692c57f");
}

// Made by the id function of LiteLLM 1.68.0.
TEST(ModelId, WritesEveryKindOfValueAsPythonDoes) {
  EXPECT_EQ(id_of("every kind of value", R"(
model: openai/x
api_key: null
temperature: 1.0e-5
top_p: 1e-5
timeout: 1_000
drop_params: yes
seed: 0x1F
stop: ["it's", 'a "b"', é, 1, 0.5, true, null]
extra_body: {näme: [1, {deep: "x\ty"}], n: 1.0, off: no}
api_version: 2024-02-01
)"),
            "21dbf04d420b87af4afd5da286df8bc469178128c73aeb1137366f98749b4ecb");
  EXPECT_EQ(id_of("organisations", "{model: gpt-4o, organization: [org-1, org-2]}"),
            "6ac0a0a5e77bcb2d049aeddaf7f961c54005ed4c77c0d8b639b8e166d3d78af6");
}

TEST(CountKey, HoldsWhatIsNeitherALimitNorAWeight) {
  const auto key_of = [](std::string_view group, std::string_view params) {
    return count_key(group, parse_yaml(params, 0).root);
  };
  const std::string key = key_of("a", "{model: gpt-4o, api_key: k}");
  EXPECT_EQ(key_of("a", "{model: gpt-4o, max_parallel_requests: 3, rpm: 5, api_key: k}"), key);
  EXPECT_EQ(key_of("a", "{model: gpt-4o, tpm: 7, api_key: k, weight: 2}"), key);
  EXPECT_NE(key_of("a", "{model: gpt-4o, api_key: other}"), key);
  EXPECT_NE(key_of("b", "{model: gpt-4o, api_key: k}"), key);
}

}  // namespace
}  // namespace sluice::config
