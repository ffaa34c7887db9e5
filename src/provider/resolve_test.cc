#include "provider/resolve.h"

#include <gtest/gtest.h>

namespace sluice::provider {
namespace {

struct Case {
  std::string_view model, custom_llm_provider, api_base;
  std::string_view provider, resolved;
};

TEST(Resolve, FindsProviderAndModelAsLiteLlmDoes) {
  constexpr Case cases[] = {
      // A prefix decides.
      {"groq/llama-3.1-8b-instant", "", "", "groq", "llama-3.1-8b-instant"},
      {"openai/gpt-4o", "", "", "openai", "gpt-4o"},
      {"openai/my/model", "", "http://localhost:8000/v1", "openai", "my/model"},
      {"openrouter/anthropic/claude-3.7-sonnet", "", "", "openrouter",
       "anthropic/claude-3.7-sonnet"},
      {"azure/my-deployment", "", "https://x.openai.azure.com", "azure", "my-deployment"},
      {"anthropic/claude-3-7-sonnet-latest", "", "", "anthropic", "claude-3-7-sonnet-latest"},
      {"text-completion-openai/davinci-002", "", "", "text-completion-openai", "davinci-002"},
      // Wildcards.
      {"openai/*", "", "", "openai", "*"},
      {"*", "", "", "openai", "*"},
      {"fireworks_ai/*", "", "", "fireworks_ai", "*"},
      // custom_llm_provider decides, and is dropped from the model.
      {"my-model", "openai", "", "openai", "my-model"},
      {"openai/my-model", "openai", "", "openai", "my-model"},
      {"meta/llama-3", "nvidia_nim", "", "nvidia_nim", "meta/llama-3"},
      {"azure/*", "azure", "", "azure", "*"},
      // Bare names by the price table.
      {"gpt-4o", "", "", "openai", "gpt-4o"},
      {"o3-mini", "", "", "openai", "o3-mini"},
      {"text-embedding-3-small", "", "", "openai", "text-embedding-3-small"},
      {"gpt-3.5-turbo-instruct", "", "", "text-completion-openai", "gpt-3.5-turbo-instruct"},
      {"claude-3-5-sonnet-20241022", "", "", "anthropic", "claude-3-5-sonnet-20241022"},
      {"command-r-plus", "", "", "cohere_chat", "command-r-plus"},
      {"ft:gpt-4o-mini:my-org::id", "", "", "openai", "ft:gpt-4o-mini:my-org::id"},
      // Names newer than the table, by their family.
      {"gpt-99", "", "", "openai", "gpt-99"},
      {"claude-future-1", "", "", "anthropic", "claude-future-1"},
      // A known api_base.
      {"mixtral", "", "https://api.groq.com/openai/v1", "groq", "mixtral"},
      {"grok-9", "", "https://api.x.ai/v1/", "xai", "grok-9"},
      // The model belongs elsewhere than its prefix says.
      {"azure/command-r-plus", "", "", "openai", "command-r-plus"},
      {"azure/mistral-large-latest", "", "", "openai", "mistral-large-latest"},
      {"azure_ai/gpt-4o", "", "", "azure", "gpt-4o"},
      {"azure_ai/Phi-4", "", "", "azure_ai", "Phi-4"},
      {"ai21/jamba-1.5-mini", "", "", "ai21_chat", "jamba-1.5-mini"},
      // The provider's own spelling.
      {"fireworks_ai/llama-v3p1-8b-instruct", "", "", "fireworks_ai",
       "accounts/fireworks/models/llama-v3p1-8b-instruct"},
      {"fireworks_ai/nomic-ai/nomic-embed-text-v1.5", "", "", "fireworks_ai",
       "nomic-ai/nomic-embed-text-v1.5"},
      {"huggingface/together/deepseek-ai/DeepSeek-R1", "", "", "huggingface",
       "deepseek-ai/DeepSeek-R1:together"},
      {"huggingface/meta-llama/Llama-3.1-8B", "", "", "huggingface", "meta-llama/Llama-3.1-8B"},
  };
  for (const auto& test : cases) {
    const auto found = resolve_model(test.model, test.custom_llm_provider, test.api_base);
    ASSERT_TRUE(found) << test.model << ": " << found.error().message;
    EXPECT_EQ(found->provider, test.provider) << test.model;
    EXPECT_EQ(found->model, test.resolved) << test.model;
    EXPECT_EQ(found->spec, find_provider(test.provider)) << test.model;
  }
}

TEST(Resolve, NamesTheProviderThatSluiceLacks) {
  constexpr Case cases[] = {
      {"bedrock/anthropic.claude-v2", "", "", "bedrock", "anthropic.claude-v2"},
      {"anthropic.claude-3-haiku-20240307-v1:0", "", "", "bedrock",
       "anthropic.claude-3-haiku-20240307-v1:0"},
      {"gemini-1.5-pro", "", "", "vertex_ai", "gemini-1.5-pro"},
      {"vertex_ai/gemini-1.5-pro", "", "", "vertex_ai", "gemini-1.5-pro"},
      {"replicate/meta/llama", "", "", "replicate", "meta/llama"},
      {"anthropic/claude-2.1", "", "", "anthropic_text", "claude-2.1"},
  };
  for (const auto& test : cases) {
    const auto found = resolve_model(test.model, test.custom_llm_provider, test.api_base);
    ASSERT_TRUE(found) << test.model << ": " << found.error().message;
    EXPECT_EQ(found->spec, nullptr) << test.model;
    EXPECT_EQ(found->provider, test.provider) << test.model;
    EXPECT_EQ(found->model, test.resolved) << test.model;
  }
}

TEST(Resolve, UnknownNamesAreErrorsThatSayHowToWriteThem) {
  for (const auto* model : {"my-model", "nobody/x", "meta-llama/Llama-3"}) {
    const auto found = resolve_model(model, "", "http://localhost:8000");
    ASSERT_FALSE(found) << model;
    EXPECT_EQ(found.error().code, ErrorCode::bad_request);
    EXPECT_EQ(found.error().param, "model");
    EXPECT_TRUE(found.error().message.contains(std::string("openai/") + model));
  }
}

TEST(Resolve, EmptyPartsAreErrors) {
  EXPECT_FALSE(resolve_model("", "", ""));
  EXPECT_FALSE(resolve_model("openai/", "", ""));
  const auto unknown = resolve_model("gpt-4o", "nobody", "");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().param, "custom_llm_provider");
}

}  // namespace
}  // namespace sluice::provider
