#include "cache/litellm_key.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "cache/key_format.h"
#include "cache/python_repr.h"

namespace sluice::cache {
namespace {

using provider::Endpoint;

// What LiteLLM 1.68 takes from openai 1.68, with its own additions; sorted.
constexpr auto key_parameters = std::to_array<std::string_view>({
    "audio",
    "best_of",
    "dimensions",
    "documents",
    "echo",
    "encoding_format",
    "file",
    "frequency_penalty",
    "function_call",
    "functions",
    "include",
    "input",
    "language",
    "logit_bias",
    "logprobs",
    "max_chunks_per_doc",
    "max_completion_tokens",
    "max_tokens",
    "max_tokens_per_doc",
    "messages",
    "modalities",
    "model",
    "n",
    "parallel_tool_calls",
    "prediction",
    "presence_penalty",
    "prompt",
    "query",
    "rank_fields",
    "reasoning_effort",
    "response_format",
    "return_documents",
    "seed",
    "service_tier",
    "stop",
    "store",
    "stream",
    "stream_options",
    "suffix",
    "temperature",
    "thinking",
    "timestamp_granularities",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_n",
    "top_p",
    "user",
    "web_search_options",
});
static_assert(std::ranges::is_sorted(key_parameters));

// LiteLLM's own parameters, which take part in no key, and those that its proxy and router take out
// of a call before the key is made; sorted.
constexpr auto own_parameters = std::to_array<std::string_view>({
    "acompletion",
    "aimg_generation",
    "allowed_model_region",
    "allowed_openai_params",
    "api_base",
    "api_key",
    "api_version",
    "arize_api_key",
    "arize_space_key",
    "assistant_continue_message",
    "atext_completion",
    "azure",
    "azure_ad_token_provider",
    "azure_password",
    "azure_username",
    "base_model",
    "bos_token",
    "budget_duration",
    "cache",
    "cache_key",
    "caching",
    "caching_groups",
    "client",
    "client_id",
    "client_secret",
    "complete_response",
    "configurable_clientside_auth_params",
    "content_policy_fallbacks",
    "context_window_fallback_dict",
    "context_window_fallbacks",
    "cooldown_time",
    "custom_llm_provider",
    "disable_add_transform_inline_image_block",
    "disable_fallbacks",
    "ensure_alternating_roles",
    "eos_token",
    "fallback_depth",
    "fallbacks",
    "fastest_response",
    "final_prompt_value",
    "force_timeout",
    "gcs_bucket_name",
    "gcs_path_service_account",
    "headers",
    "hf_model_name",
    "humanloop_api_key",
    "id",
    "input_cost_per_second",
    "input_cost_per_token",
    "langfuse_host",
    "langfuse_public_key",
    "langfuse_secret",
    "langfuse_secret_key",
    "langsmith_api_key",
    "langsmith_base_url",
    "langsmith_project",
    "litellm_call_id",
    "litellm_credential_name",
    "litellm_logging_obj",
    "litellm_metadata",
    "litellm_session_id",
    "litellm_trace_id",
    "logger_fn",
    "max_budget",
    "max_fallbacks",
    "max_parallel_requests",
    "max_retries",
    "merge_reasoning_content_in_choices",
    "metadata",
    "mock_response",
    "mock_timeout",
    "model_config",
    "model_file_id_mapping",
    "model_info",
    "model_list",
    "no-log",
    "num_retries",
    "output_cost_per_second",
    "output_cost_per_token",
    "preset_cache_key",
    "prompt_id",
    "prompt_variables",
    "provider_specific_header",
    "proxy_server_request",
    "region_name",
    "request_timeout",
    "retry_policy",
    "retry_strategy",
    "roles",
    "rpm",
    "self",
    "specific_deployment",
    "stream_timeout",
    "supports_system_message",
    "tags",
    "tenant_id",
    "text_completion",
    "tpm",
    "ttl",
    "turn_off_message_logging",
    "use_client",
    "use_in_pass_through",
    "user_continue_message",
    "verbose",
    "weight",
});
static_assert(std::ranges::is_sorted(own_parameters));

std::string_view input_name(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat: return "messages";
    case Endpoint::completions: return "prompt";
    case Endpoint::embeddings: return "input";
  }
  return {};
}

class Preimage {
 public:
  Preimage(const KeyInput& input, const CacheSettings& settings,
           std::optional<std::string_view> item, std::string& out)
      : in_(input), settings_(settings), item_(item), out_(out) {}

  void write() {
    std::string scratch;
    out_.append("model: ").append(model_in_key(settings_, in_.group, scratch));
    if (in_.deployment_params != nullptr) {
      for (const auto& [name, value] : *in_.deployment_params) {
        if (name != "model") add(name, value_of(name, value));
      }
    }
    if (!in_deployment(input_name(in_.endpoint))) add_input();
    add_clients();
    if (!in_deployment("stream")) add_stream();
    if (settings_.provider_params_in_key && in_.fields->find("timeout") == nullptr)
      out_.append("timeout: ").append(settings_.timeout_in_key);
  }

 private:
  bool in_deployment(std::string_view name) const {
    const NamedValues* params = in_.deployment_params;
    return params != nullptr &&
           std::ranges::find(*params, name, &NamedValues::value_type::first) != params->end();
  }

  // The client's value where it has one, were it null.
  std::string_view value_of(std::string_view name, std::string_view deployments) const {
    if (item_ && name == input_name(in_.endpoint)) return *item_;
    if (name == "stream" && in_.endpoint == Endpoint::chat) return stream();
    const JsonField* clients = in_.fields->find(name);
    return clients != nullptr ? clients->value : deployments;
  }

  void add_input() {
    const std::string_view name = input_name(in_.endpoint);
    const JsonField* field = in_.fields->find(name);
    if (item_)
      add(name, *item_);
    else if (field != nullptr)
      add(name, field->value);
  }

  void add_clients() {
    const JsonFields& fields = *in_.fields;
    for (const JsonField& field : fields) {
      const std::string_view name = field.key;
      if (name == "model" || name == input_name(in_.endpoint) || in_deployment(name)) continue;
      if (name == "stream" && in_.endpoint == Endpoint::chat) continue;
      if (has_before(field)) continue;  // a dict keeps a name where it came first
      add(name, fields.find(name)->value);
    }
  }

  bool has_before(const JsonField& field) const {
    const auto same_name = [&](const JsonField& each) { return each.key == field.key; };
    return &*std::ranges::find_if(*in_.fields, same_name) != &field;
  }

  // The router has an argument `stream` for chats, False when it is not given.
  std::string_view stream() const {
    const JsonField* field = in_.fields->find("stream");
    if (field != nullptr && field->type == JsonType::null) return "null";
    return in_.stream ? "true" : "false";
  }
  void add_stream() {
    if (in_.endpoint == Endpoint::chat) add("stream", stream());
  }

  void add(std::string_view name, std::string_view value) {
    if (value == "null" || !takes_part(name)) return;
    out_.append(name).append(": ");
    append_python_str(out_, value);
  }

  bool takes_part(std::string_view name) const {
    if (is_litellm_key_parameter(name)) return true;
    return settings_.provider_params_in_key && !std::ranges::binary_search(own_parameters, name);
  }

  const KeyInput& in_;
  const CacheSettings& settings_;
  const std::optional<std::string_view> item_;
  std::string& out_;
};

// The namespace of the request, and where that is another than the configuration's, LiteLLM's Redis
// client puts its own before it unless the key begins like that already.
std::string with_name_space(const KeyInput& input, const CacheSettings& settings,
                            std::string_view digest) {
  std::string key;
  if (!input.name_space.empty()) key.append(input.name_space).append(":");
  key += digest;
  const std::string& configured = settings.name_space;
  const bool redis = settings.type == CacheType::redis;
  if (redis && !configured.empty() && !key.starts_with(configured)) key.insert(0, configured + ":");
  return key;
}

std::string key_of(const KeyInput& input, const CacheSettings& settings,
                   std::optional<std::string_view> item) {
  thread_local std::string preimage;
  preimage.clear();
  Preimage(input, settings, item, preimage).write();
  std::string key = with_name_space(input, settings, hex(sha256(preimage)));
  constexpr std::size_t most_kept = 64 * 1024;
  if (preimage.capacity() > most_kept) std::string().swap(preimage);
  return key;
}

}  // namespace

std::string litellm_key(const KeyInput& input, const CacheSettings& settings) {
  return key_of(input, settings, std::nullopt);
}

std::string litellm_item_key(const KeyInput& input, const CacheSettings& settings,
                             std::string_view item) {
  return key_of(input, settings, item);
}

std::string litellm_preimage(const KeyInput& input, const CacheSettings& settings,
                             std::optional<std::string_view> item) {
  std::string preimage;
  Preimage(input, settings, item, preimage).write();
  return preimage;
}

bool is_litellm_key_parameter(std::string_view name) {
  return std::ranges::binary_search(key_parameters, name);
}

}  // namespace sluice::cache
