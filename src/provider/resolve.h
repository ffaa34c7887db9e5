#pragma once
// Which provider a configured model name means, by LiteLLM's rules.
#include <string>
#include <string_view>

#include "base/result.h"
#include "provider/catalog.h"

namespace sluice::provider {

struct ResolvedModel {
  const ProviderSpec* spec = nullptr;  // nullptr: a real provider that Sluice lacks, see `provider`
  std::string provider;                // its name ("openai", "bedrock", …)
  std::string model;                   // the provider's own model name
};

// `model` as in litellm_params.model: "groq/llama-3.1-8b-instant", "gpt-4o", "openai/*".
// `custom_llm_provider` and `api_base` as configured, or empty. Error: nobody knows this name; the
// message says how to write it.
Result<ResolvedModel> resolve_model(std::string_view model, std::string_view custom_llm_provider,
                                    std::string_view api_base);

}  // namespace sluice::provider
