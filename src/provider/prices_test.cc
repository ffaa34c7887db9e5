#include "provider/prices.h"

#include <gtest/gtest.h>

#include "base/json_scan.h"
#include "base/json_write.h"

namespace sluice::provider {
namespace {

Price price_of(std::string_view provider, std::string_view model) {
  const auto* facts = find_facts(provider, model);
  return facts ? facts->price : Price{};
}

std::string cost_text(const Price& price, const Usage& usage) {
  std::string out;
  append_json_double(out, cost_of(price, usage));
  return out;
}

TEST(Prices, FindsTheProvidersEntryFirst) {
  EXPECT_EQ(find_facts("azure", "gpt-4o")->key, "azure/gpt-4o");
  EXPECT_EQ(find_facts("openai", "gpt-4o")->key, "gpt-4o");
  EXPECT_EQ(find_facts("", "gpt-4o")->provider, "openai");
  EXPECT_EQ(find_facts("groq", "llama-3.1-8b-instant")->key, "groq/llama-3.1-8b-instant");
  EXPECT_EQ(find_facts("anthropic", "claude-3-5-sonnet-20241022")->mode, "chat");
  EXPECT_EQ(find_facts("vertex_ai", "gemini-1.5-pro")->provider, "vertex_ai-language-models");
}

TEST(Prices, AnotherProvidersModelOfThatNameIsNotIt) {
  EXPECT_EQ(find_facts("hosted_vllm", "gpt-4o"), nullptr);
  EXPECT_EQ(find_facts("text-completion-openai", "gpt-4o"), nullptr);
}

TEST(Prices, UnknownNamesAreNotFound) {
  for (const auto* model : {"", "/", "gpt", "gpt-4o-", "gpt-4o/", "zzz", "azure/", "\xff", "!"})
    EXPECT_EQ(find_facts("openai", model), nullptr) << model;
}

TEST(Prices, EntriesAreJsonWithTheirPrice) {
  const auto* facts = find_facts("openai", "gpt-4o-mini");
  ASSERT_NE(facts, nullptr);
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(facts->json, fields));
  EXPECT_EQ(json_number(fields.find("input_cost_per_token")->value), facts->price.input);
  EXPECT_EQ(json_number(fields.find("cache_read_input_token_cost")->value),
            facts->price.cache_read);
  EXPECT_TRUE(facts->price.known);
  EXPECT_FALSE(find_facts("", "1024-x-1024/dall-e-2")->price.known);
}

// Usage and x-litellm-response-cost of calls recorded from LiteLLM 1.68.0.
TEST(Cost, IsWhatLiteLlmReports) {
  struct Case {
    std::string_view provider, model;
    Usage usage;
    std::string_view cost;
  };
  constexpr Case cases[] = {
      {"openai", "gpt-4o-mini", {.prompt_tokens = 14, .completion_tokens = 8}, "6.9e-06"},
      {"openai", "gpt-4o-mini", {.prompt_tokens = 10, .completion_tokens = 20}, "1.35e-05"},
      {"openai", "gpt-4.1-mini", {.prompt_tokens = 14, .completion_tokens = 8}, "1.84e-05"},
      {"openai", "gpt-4o", {.prompt_tokens = 14, .completion_tokens = 8}, "0.000115"},
      {"openai", "gpt-4", {.prompt_tokens = 10, .completion_tokens = 20}, "0.0015"},
      {"openai", "text-embedding-3-small", {.prompt_tokens = 7}, "1.4e-07"},
      {"text-completion-openai",
       "gpt-3.5-turbo-instruct",
       {.prompt_tokens = 5, .completion_tokens = 2},
       "1.15e-05"},
  };
  for (const auto& test : cases)
    EXPECT_EQ(cost_text(price_of(test.provider, test.model), test.usage), test.cost) << test.model;
}

TEST(Cost, CachedAndWrittenTokensHaveTheirOwnPrices) {
  const Price price{.input = 10, .output = 100, .cache_read = 1, .cache_write = 12};
  const Usage usage{
      .prompt_tokens = 60, .completion_tokens = 5, .cached_tokens = 20, .cache_write_tokens = 30};
  EXPECT_DOUBLE_EQ(cost_of(price, usage), 10 * 10 + 20 * 1 + 30 * 12 + 5 * 100);
}

TEST(Cost, UnknownClassPricesFallBackToThePlainOne) {
  const Price price{.input = 2, .output = 3};
  const Usage usage{.prompt_tokens = 30,
                    .completion_tokens = 20,
                    .cached_tokens = 10,
                    .cache_write_tokens = 10,
                    .reasoning_tokens = 15};
  EXPECT_DOUBLE_EQ(cost_of(price, usage), 30 * 2 + 20 * 3);
}

TEST(Cost, ReasoningTokensAreNotCountedTwice) {
  const Price price{.output = 1, .reasoning = 10};
  EXPECT_DOUBLE_EQ(cost_of(price, {.completion_tokens = 12, .reasoning_tokens = 10}), 2 + 100);
}

TEST(Cost, LongPromptsReachTheHigherTiers) {
  const Price price{.input = 1,
                    .output = 2,
                    .input_above_128k = 10,
                    .output_above_128k = 20,
                    .input_above_200k = 100,
                    .output_above_200k = 200};
  EXPECT_DOUBLE_EQ(cost_of(price, {.prompt_tokens = 128'000, .completion_tokens = 1}), 128'002);
  EXPECT_DOUBLE_EQ(cost_of(price, {.prompt_tokens = 128'001, .completion_tokens = 1}), 1'280'030);
  EXPECT_DOUBLE_EQ(cost_of(price, {.prompt_tokens = 200'001, .completion_tokens = 1}), 20'000'300);
}

TEST(Cost, ContradictingCountsNeverCostLessThanNothing) {
  const Price price{.input = 1, .output = 1, .cache_read = 0.5};
  EXPECT_GE(cost_of(price, {.prompt_tokens = 1, .cached_tokens = 5, .reasoning_tokens = 3}), 0);
}

}  // namespace
}  // namespace sluice::provider
