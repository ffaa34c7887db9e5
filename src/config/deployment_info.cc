#include "config/deployment_info.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/json_write.h"
#include "config/python_text.h"
#include "provider/params.h"
#include "simdjson.h"

namespace sluice::config {
namespace {

// LiteLLM writes these first, in this order, and any other parameter after them as in the file.
constexpr std::string_view params_first[] = {
    "input_cost_per_token",
    "output_cost_per_token",
    "input_cost_per_second",
    "output_cost_per_second",
    "input_cost_per_pixel",
    "output_cost_per_pixel",
    "api_base",
    "api_version",
    "vertex_project",
    "vertex_location",
    "region_name",
    "aws_region_name",
    "watsonx_region_name",
    "custom_llm_provider",
    "tpm",
    "rpm",
    "timeout",
    "stream_timeout",
    "max_retries",
    "organization",
    "configurable_clientside_auth_params",
    "litellm_credential_name",
    "litellm_trace_id",
    "max_file_size_mb",
    "max_budget",
    "budget_duration",
    "use_in_pass_through",
    "merge_reasoning_content_in_choices",
    "model_info",
    "model",
};
constexpr std::string_view info_first[] = {
    "updated_at", "updated_by", "created_at", "created_by",
    "base_model", "tier",       "team_id",    "team_public_model_name",
};
// Prices in litellm_params that LiteLLM repeats in model_info.
constexpr std::string_view prices_shown[] = {"input_cost_per_token", "output_cost_per_token"};
// What LiteLLM shows of a model in the price table, null where the table says nothing.
constexpr std::string_view facts_first[] = {
    "max_tokens",
    "max_input_tokens",
    "max_output_tokens",
    "input_cost_per_token",
    "cache_creation_input_token_cost",
    "cache_read_input_token_cost",
    "input_cost_per_character",
    "input_cost_per_token_above_128k_tokens",
    "input_cost_per_token_above_200k_tokens",
    "input_cost_per_query",
    "input_cost_per_second",
    "input_cost_per_audio_token",
    "input_cost_per_token_batches",
    "output_cost_per_token_batches",
    "output_cost_per_token",
    "output_cost_per_audio_token",
    "output_cost_per_character",
    "output_cost_per_reasoning_token",
    "output_cost_per_token_above_128k_tokens",
    "output_cost_per_character_above_128k_tokens",
    "output_cost_per_token_above_200k_tokens",
    "output_cost_per_second",
    "output_cost_per_image",
    "output_vector_size",
    "litellm_provider",
    "mode",
    "supports_system_messages",
    "supports_response_schema",
    "supports_vision",
    "supports_function_calling",
    "supports_tool_choice",
    "supports_assistant_prefill",
    "supports_prompt_caching",
    "supports_audio_input",
    "supports_audio_output",
    "supports_pdf_input",
    "supports_embedding_image_input",
    "supports_native_streaming",
    "supports_web_search",
    "supports_reasoning",
    "search_context_cost_per_query",
    "tpm",
    "rpm",
};

// OpenAI's chat parameters, in LiteLLM's order.
constexpr std::string_view openai_params[] = {
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "max_tokens",
    "max_completion_tokens",
    "modalities",
    "prediction",
    "n",
    "presence_penalty",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "tools",
    "tool_choice",
    "function_call",
    "functions",
    "max_retries",
    "extra_headers",
    "parallel_tool_calls",
    "audio",
    "response_format",
    "user",
};

// The members of a JSON object, in the order they were added; the first of a name stays.
class JsonObject {
 public:
  void add(std::string_view name, std::string_view json) {
    if (!names_.emplace(name).second) return;
    text_ += text_.empty() ? '{' : ',';
    append_json_string(text_, name);
    text_ += ':';
    text_ += json;
  }
  std::string take() { return text_.empty() ? "{}" : std::move(text_) + "}"; }

 private:
  std::set<std::string, std::less<>> names_;
  std::string text_;
};

// A copy without what must not be shown, at any depth.
Node without_secrets(const Node& node) {
  Node kept = node;
  kept.keys.clear();
  kept.items.clear();
  for (std::size_t i = 0; i < node.items.size(); i++) {
    if (node.is_map()) {
      if (is_secret(node.keys[i].text)) continue;
      kept.keys.push_back(node.keys[i]);
    }
    kept.items.push_back(without_secrets(node.items[i]));
  }
  return kept;
}

void add_if_set(JsonObject& object, const Node& map, std::string_view key) {
  const Node* value = map.find_set(key);
  if (value == nullptr || is_secret(key)) return;
  object.add(key, compact_json(without_secrets(*value)));
}

void add_rest(JsonObject& object, const Node& map) {
  for (const Key& key : map.keys) add_if_set(object, map, key.text);
}

// Abilities that the table does not name are absent, but for three that LiteLLM leaves open.
std::string_view absent_fact(std::string_view fact) {
  constexpr std::string_view open[] = {"supports_system_messages", "supports_response_schema",
                                       "supports_native_streaming"};
  const bool is_open = std::ranges::find(open, fact) != std::end(open);
  return fact.starts_with("supports_") && !is_open ? "false" : "null";
}

std::string supported_params_json(const provider::ProviderSpec& spec, const std::string& model) {
  const provider::ParamNames names(spec, model);
  std::string json = "[";
  for (const auto param : openai_params) {
    // A value other than 1, since `n` = 1 is accepted everywhere.
    if (!names.upstream_name({param, "2"})) continue;
    if (json.size() > 1) json += ',';
    append_json_string(json, param);
  }
  return json + "]";
}

void add_facts(JsonObject& object, const provider::ModelFacts& facts) {
  std::string name;
  append_json_string(name, facts.key);
  object.add("key", name);
  simdjson::dom::parser parser;
  simdjson::dom::object entry;
  if (parser.parse(simdjson::padded_string(facts.json)).get(entry) != simdjson::SUCCESS) return;
  for (const auto fact : facts_first) {
    simdjson::dom::element value;
    const bool found = entry[fact].get(value) == simdjson::SUCCESS;
    object.add(fact, found ? simdjson::minify(value) : absent_fact(fact));
  }
  for (const auto [fact, value] : entry) object.add(fact, simdjson::minify(value));
}

bool contains(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
}

}  // namespace

bool is_secret(std::string_view key) {
  constexpr std::string_view words[] = {"api_key",     "apikey",       "secret",
                                        "password",    "credentials",  "access_key",
                                        "private_key", "authorization"};
  std::string lower(key);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? '_' : c;
  });
  if (contains(lower, words)) return true;
  // "token" names a credential, "tokens" a number: aws_session_token, max_tokens, cost_per_token.
  const bool is_count = lower.contains("tokens") || lower.contains("token_cost") ||
                        lower.contains("per_token") || lower.contains("audio_token") ||
                        lower.contains("tokenizer");
  return lower.contains("token") && !is_count;
}

std::string params_json(const Node& litellm_params) {
  JsonObject object;
  for (const auto key : params_first) {
    if (key == "use_in_pass_through" || key == "merge_reasoning_content_in_choices") {
      const Node* value = litellm_params.find_set(key);
      object.add(key, value == nullptr ? "false" : compact_json(*value));
    }
    add_if_set(object, litellm_params, key);
  }
  // Headers carry keys under any name.
  Node rest = without_secrets(litellm_params);
  for (const auto key : {"headers", "extra_headers"}) {
    if (rest.find(key) != nullptr) rest.set(Key{.text = key}, Node{});
  }
  add_rest(object, rest);
  return object.take();
}

std::string info_json(const InfoSource& source) {
  JsonObject object;
  std::string quoted_id;
  append_json_string(quoted_id, source.id);
  object.add("id", quoted_id);
  const Node* db_model = source.model_info.find_set("db_model");
  object.add("db_model", db_model == nullptr ? "false" : compact_json(*db_model));
  for (const auto key : info_first) add_if_set(object, source.model_info, key);
  for (const auto key : prices_shown) add_if_set(object, source.litellm_params, key);
  add_rest(object, source.model_info);
  if (source.facts != nullptr) {
    add_facts(object, *source.facts);
    object.add("supported_openai_params", supported_params_json(source.spec, source.model));
  }
  return object.take();
}

Price price_of(const Reader& litellm_params, const Reader& model_info,
               const provider::ModelFacts* facts) {
  Price price = facts == nullptr ? Price{} : facts->price;
  const std::pair<std::string_view, double Price::*> fields[] = {
      {"input_cost_per_token", &Price::input},
      {"output_cost_per_token", &Price::output},
      {"cache_read_input_token_cost", &Price::cache_read},
      {"cache_creation_input_token_cost", &Price::cache_write},
      {"output_cost_per_reasoning_token", &Price::reasoning},
      {"input_cost_per_token_above_128k_tokens", &Price::input_above_128k},
      {"output_cost_per_token_above_128k_tokens", &Price::output_above_128k},
      {"input_cost_per_token_above_200k_tokens", &Price::input_above_200k},
      {"output_cost_per_token_above_200k_tokens", &Price::output_above_200k},
  };
  for (const auto& [key, field] : fields) {
    auto amount = litellm_params.amount(key);
    if (!amount) amount = model_info.amount(key);
    if (!amount) continue;
    price.*field = *amount;
    price.known = true;
  }
  return price;
}

}  // namespace sluice::config
