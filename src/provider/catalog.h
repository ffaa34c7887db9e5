#pragma once
// The providers Sluice can call: one row of data each, plus the few wire formats (dialects) they
// speak. To add an OpenAI-compatible provider, add its row in catalog.cc and nothing else.
// Immutable; any thread.
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::provider {

struct Dialect;  // dialect.h

enum class Auth {
  bearer,     // Authorization: Bearer KEY
  api_key,    // api-key: KEY (Azure)
  x_api_key,  // x-api-key: KEY (Anthropic)
};

enum class UrlStyle {
  openai,     // {base}/chat/completions, {base}/completions, {base}/embeddings
  azure,      // {base}/openai/deployments/{model}/chat/completions?api-version={version}
  azure_ai,   // as openai, under /models on *.services.ai.azure.com; api-version when configured
  anthropic,  // {base}/v1/messages
};

struct ProviderSpec {
  using Names = std::span<const std::string_view>;
  using Pairs = std::span<const std::pair<std::string_view, std::string_view>>;

  std::string_view name;      // prefix in `litellm_params.model`
  std::string_view display;   // as LiteLLM spells it before "Exception" ("OpenAI", "Groq")
  std::string_view base_url;  // default; "" = api_base must be configured
  Names base_env;             // variables that hold the base URL, first set wins
  Names key_env;              // variables that hold the key, first set wins
  Auth auth = Auth::bearer;
  UrlStyle url = UrlStyle::openai;
  const Dialect* dialect = nullptr;
  bool key_required = true;       // false: no Authorization header when no key is configured
  bool builtin = false;           // Sluice answers itself (the demo's echo); no call is made
  bool stream_usage = true;       // understands stream_options.include_usage
  std::string_view version_path;  // appended to a configured base that does not end with it ("/v1")
  // OpenAI chat parameters that LiteLLM refuses for this provider, or drops with drop_params.
  // `n` = 1 is always harmless. What depends on the model is not here, see params.h.
  Names unsupported_params;
  Pairs renamed_params;  // OpenAI's name -> the provider's name, same value
};

// All rows, sorted by name.
std::span<const ProviderSpec> catalog();
// The row with that name; nullptr when Sluice has no such provider.
const ProviderSpec* find_provider(std::string_view name);
// True for a provider that LiteLLM has and Sluice lacks ("bedrock", "vertex_ai", …).
bool is_missing_provider(std::string_view name);

}  // namespace sluice::provider
