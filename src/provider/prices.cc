#include "provider/prices.h"

#include <algorithm>
#include <array>
#include <compare>
#include <functional>
#include <iterator>
#include <span>

namespace sluice::provider {
namespace {

using namespace std::string_view_literals;

constexpr ModelFacts table[] = {
#include "provider/price_table.inc"
};
static_assert(std::ranges::adjacent_find(table, std::ranges::greater_equal{}, &ModelFacts::key) ==
              std::end(table));

// Compares the key with the parts written one after the other, so that "provider/model" is looked
// up without being joined first.
std::strong_ordering compare(std::string_view key, std::span<const std::string_view> parts) {
  for (const auto part : parts) {
    const auto head = key.substr(0, part.size());
    if (const auto order = head <=> part; order != 0) return order;
    key.remove_prefix(head.size());
  }
  return key <=> std::string_view{};
}

const ModelFacts* find_key(std::span<const std::string_view> parts) {
  const auto is_before = [&](const ModelFacts& facts) { return compare(facts.key, parts) < 0; };
  const auto* found = std::partition_point(std::begin(table), std::end(table), is_before);
  return found != std::end(table) && compare(found->key, parts) == 0 ? found : nullptr;
}

// The table splits some providers into families: "vertex_ai-chat-models", "bedrock_converse",
// "fireworks_ai-embedding-models".
bool is_of(std::string_view listed, std::string_view provider) {
  if (listed == provider) return true;
  const bool has_families =
      provider == "vertex_ai" || provider == "bedrock" || provider == "fireworks_ai";
  return has_families && listed.starts_with(provider);
}

double or_else(double price, double otherwise) { return price > 0 ? price : otherwise; }

// The price of a prompt of that length: the highest tier that it reaches.
double tiered(std::int64_t prompt_tokens, double base, double above_128k, double above_200k) {
  if (prompt_tokens > 200'000 && above_200k > 0) return above_200k;
  if (prompt_tokens > 128'000 && above_128k > 0) return above_128k;
  return base;
}

double priced(std::int64_t tokens, double price) { return static_cast<double>(tokens) * price; }

}  // namespace

const ModelFacts* find_facts(std::string_view provider, std::string_view model) {
  if (!provider.empty()) {
    const std::array joined{provider, std::string_view{"/"}, model};
    if (const auto* facts = find_key(joined)) return facts;
  }
  const auto* facts = find_key({&model, 1});
  return facts && (provider.empty() || is_of(facts->provider, provider)) ? facts : nullptr;
}

std::vector<const ModelFacts*> models_of(std::string_view provider) {
  std::vector<const ModelFacts*> models;
  for (const ModelFacts& facts : table) {
    // LiteLLM keeps OpenAI's text completion models apart; to clients they are OpenAI's.
    const bool text_of_openai = provider == "openai" && facts.provider == "text-completion-openai";
    // Prices of fine-tuned chat models: no names that anybody can ask for.
    const bool fine_tuned = facts.provider == "openai" && facts.key.starts_with("ft:");
    if ((is_of(facts.provider, provider) && !fine_tuned) || text_of_openai)
      models.push_back(&facts);
  }
  return models;
}

double cost_of(const Price& price, const Usage& usage) {
  const double input =
      tiered(usage.prompt_tokens, price.input, price.input_above_128k, price.input_above_200k);
  const double output =
      tiered(usage.prompt_tokens, price.output, price.output_above_128k, price.output_above_200k);
  // A provider's counts may contradict each other; no class of tokens is ever negative.
  const auto plain_input = std::max<std::int64_t>(
      0, usage.prompt_tokens - usage.cached_tokens - usage.cache_write_tokens);
  const auto plain_output =
      std::max<std::int64_t>(0, usage.completion_tokens - usage.reasoning_tokens);
  const double prompt = priced(plain_input, input) +
                        priced(usage.cached_tokens, or_else(price.cache_read, input)) +
                        priced(usage.cache_write_tokens, or_else(price.cache_write, input));
  const double completion = priced(plain_output, output) +
                            priced(usage.reasoning_tokens, or_else(price.reasoning, output));
  return prompt + completion;
}

}  // namespace sluice::provider
