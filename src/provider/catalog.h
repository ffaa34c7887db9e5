#pragma once
// The providers Sluice can call: one row of data each, plus the few wire formats (dialects) they
// speak. To add an OpenAI-compatible provider, add its row in catalog.cc and nothing else.
// Immutable; any thread.
#include <span>
#include <string>
#include <string_view>

namespace sluice::provider {

struct Dialect;  // dialect.h

enum class Auth {
  bearer,      // Authorization: Bearer KEY
  api_key,     // api-key: KEY (Azure)
  x_api_key,   // x-api-key: KEY (Anthropic)
};

enum class UrlStyle {
  openai,      // {base}/chat/completions, {base}/completions, {base}/embeddings
  azure,       // {base}/openai/deployments/{model}/chat/completions?api-version={version}
  anthropic,   // {base}/v1/messages
};

struct ProviderSpec {
  std::string_view name;                // prefix in `litellm_params.model`
  std::string_view display;             // as LiteLLM spells it before "Exception" ("OpenAI", "Groq")
  std::string_view base_url;            // default; "" = api_base must be configured
  std::span<const std::string_view> base_env;  // variables that hold the base URL, first set wins
  std::span<const std::string_view> key_env;   // variables that hold the key, first set wins
  Auth auth = Auth::bearer;
  UrlStyle url = UrlStyle::openai;
  const Dialect* dialect = nullptr;
  bool key_required = true;             // false: a local server; no key, no Authorization header
  bool stream_usage = true;             // understands stream_options.include_usage
  std::span<const std::string_view> unsupported_params;  // OpenAI parameters that it refuses
};

// All rows, sorted by name.
std::span<const ProviderSpec> catalog();
// The row with that name; nullptr when Sluice has no such provider.
const ProviderSpec* find_provider(std::string_view name);

}  // namespace sluice::provider
