#include "provider/params.h"

#include <gtest/gtest.h>

namespace sluice::provider {
namespace {

struct Case {
  std::string_view provider, model;
  Param param;
  std::optional<std::string_view> sent_as;
};

TEST(UpstreamName, FollowsRowAndModel) {
  const Case cases[] = {
      {"openai", "gpt-4o", {"temperature", "0.5"}, "temperature"},
      {"openai", "gpt-4o", {"max_tokens", "7"}, "max_tokens"},
      {"openai", "gpt-4o", {"thinking", "{}"}, {}},
      {"openai", "gpt-4o", {"a_new_parameter", "1"}, "a_new_parameter"},
      // Reasoning models.
      {"openai", "o3-mini", {"max_tokens", "7"}, "max_completion_tokens"},
      {"openai", "o3-mini", {"temperature", "1"}, "temperature"},
      {"openai", "o3-mini", {"temperature", "0.5"}, {}},
      {"openai", "o3-mini", {"reasoning_effort", "\"low\""}, "reasoning_effort"},
      {"openai", "gpt-5", {"top_p", "0.5"}, {}},
      {"azure", "my-o1-preview", {"presence_penalty", "1"}, {}},
      {"openrouter", "o3-mini", {"top_p", "0.5"}, "top_p"},
      // Rows.
      {"mistral", "mistral-large-latest", {"max_completion_tokens", "7"}, "max_tokens"},
      {"mistral", "mistral-large-latest", {"seed", "7"}, "random_seed"},
      {"mistral", "mistral-large-latest", {"logit_bias", "{}"}, {}},
      {"perplexity", "sonar", {"tools", "[]"}, {}},
      // One answer is what every provider gives.
      {"mistral", "mistral-large-latest", {"n", "1"}, "n"},
      {"mistral", "mistral-large-latest", {"n", "2"}, {}},
  };
  for (const auto& test : cases)
    EXPECT_EQ(ParamNames(*find_provider(test.provider), test.model).upstream_name(test.param),
              test.sent_as)
        << test.provider << " " << test.model << " " << test.param.name;
}

}  // namespace
}  // namespace sluice::provider
