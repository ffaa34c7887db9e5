// text  = "1" endpoint model tenant credentials *(word value ";")
// word  = length ":" bytes        model, tenant, credentials and the names of parameters
// value = as in canonical_text.h
//
// The parameters stand in the order of canonical_text.h, each once. "1" is the version of all this.
#include "cache/canonical_key.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/digest.h"
#include "base/text_buffer.h"
#include "cache/canonical_text.h"
#include "cache/key_format.h"
#include "cache/litellm_key.h"

namespace sluice::cache {
namespace {

using provider::Endpoint;

// What cannot change the answer: how it is sent, waiting and trying, the cache itself, what is only
// logged. The model and the client's credentials take part in their own place; a fallback's answer
// is stored under the fallback's group.
constexpr auto left_out = std::to_array<std::string_view>({
    "ttl",
    "model",
    "cache",
    "stream",
    "no-log",
    "timeout",
    "caching",
    "api_key",
    "priority",
    "metadata",
    "base_url",
    "api_base",
    "fallbacks",
    "num_retries",
    "max_retries",
    "mock_timeout",
    "stream_timeout",
    "stream_options",
    "request_timeout",
    "litellm_call_id",
    "litellm_trace_id",
    "litellm_metadata",
    "disable_fallbacks",
    "litellm_session_id",
    "context_window_fallback_dict",
});
static_assert(std::ranges::is_sorted(left_out, is_before));

bool is_left_out(std::string_view name) {
  return std::ranges::binary_search(left_out, name, is_before);
}

struct Parameter {
  std::string_view name, value;
};

char letter(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::chat: return 'c';
    case Endpoint::completions: return 't';
    case Endpoint::embeddings: return 'e';
  }
  return '?';
}

bool is_default(const NamedValues* defaults, std::string_view name) {
  return defaults != nullptr &&
         std::ranges::find(*defaults, name, &NamedValues::value_type::first) != defaults->end();
}

// An OpenAI parameter that is null is as if it were not there; one that only a provider knows may
// mean something by it, and so may one that takes a default away.
bool says_nothing(const KeyInput& input, const JsonField& field) {
  return field.type == JsonType::null && is_litellm_key_parameter(field.key) &&
         !is_default(input.deployment_params, field.key);
}

void collect(const KeyInput& input, std::optional<std::string_view> item,
             std::vector<Parameter>& out) {
  for (const JsonField& field : *input.fields) {
    if (!input.fields->counts(field) || is_left_out(field.key) || says_nothing(input, field))
      continue;
    const bool is_item = item && field.key == "input";
    out.push_back({field.key, is_item ? *item : field.value});
  }
  if (input.deployment_params != nullptr) {
    for (const auto& [name, value] : *input.deployment_params) {
      if (input.fields->find(name) == nullptr && !is_left_out(name)) out.push_back({name, value});
    }
  }
  std::ranges::sort(out, is_before, &Parameter::name);
}

void append_word(TextBuffer& out, std::string_view word) {
  out.append_number(static_cast<std::int64_t>(word.size())).push(':').append(word);
}

std::string key_of(const KeyInput& input, const CacheSettings& settings,
                   std::optional<std::string_view> item) {
  thread_local TextBuffer text;
  thread_local std::vector<Parameter> parameters;
  text.clear();
  parameters.clear();
  std::string scratch;
  text.push('1').push(letter(input.endpoint));
  append_word(text, model_in_key(settings, input.group, scratch));
  append_word(text, input.tenant);
  append_word(text, input.credentials);
  collect(input, item, parameters);
  for (const Parameter& each : parameters) {
    append_word(text, each.name);
    append_canonical_text(text, each.value);
    text.push(';');
  }
  std::string key;
  constexpr std::size_t digits = 64;
  key.reserve(settings.name_space.size() + input.name_space.size() + digits + 16);
  // The configuration's namespace is never left, so a client's own lies inside of it.
  if (!settings.name_space.empty()) key.append(settings.name_space).append(":");
  if (!input.name_space.empty() && input.name_space != settings.name_space)
    key.append(input.name_space).append(":");
  key.append("sluice:").append(digits, '0');
  write_hex(sha256(text.text()), key.data() + key.size() - digits);
  return key;
}

}  // namespace

std::string canonical_key(const KeyInput& input, const CacheSettings& settings) {
  return key_of(input, settings, std::nullopt);
}

std::string canonical_item_key(const KeyInput& input, const CacheSettings& settings,
                               std::string_view item) {
  return key_of(input, settings, item);
}

}  // namespace sluice::cache
