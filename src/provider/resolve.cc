#include "provider/resolve.h"

#include <algorithm>
#include <array>
#include <optional>

#include "provider/prices.h"
#include "provider/text.h"

namespace sluice::provider {
namespace {

using Text = std::string_view;

struct Mapping {
  Text from, to;
};

// An api_base that holds the first means the second, for a model without a prefix.
constexpr std::array known_bases{
    Mapping{"api.perplexity.ai", "perplexity"},
    Mapping{"api.endpoints.anyscale.com/v1", "anyscale"},
    Mapping{"api.deepinfra.com/v1/openai", "deepinfra"},
    Mapping{"api.mistral.ai/v1", "mistral"},
    Mapping{"codestral.mistral.ai/v1", "codestral"},
    Mapping{"api.groq.com/openai/v1", "groq"},
    Mapping{"integrate.api.nvidia.com/v1", "nvidia_nim"},
    Mapping{"api.cerebras.ai/v1", "cerebras"},
    Mapping{"api.sambanova.ai/v1", "sambanova"},
    Mapping{"api.ai21.com/studio/v1", "ai21_chat"},
    Mapping{"api.deepseek.com", "deepseek"},
    Mapping{"api.together.xyz/v1", "together_ai"},
    Mapping{"app.empower.dev/api/v1", "empower"},
    Mapping{"api.friendli.ai/serverless/v1", "friendliai"},
    Mapping{"api.x.ai/v1", "xai"},
    Mapping{"api.galadriel.com/v1", "galadriel"},
    Mapping{"api.llama.com/compat/v1", "meta_llama"},
};

// Families of names, for models that are newer than the price table.
constexpr std::array known_families{
    Mapping{"chatgpt-", "openai"},
    Mapping{"claude-", "anthropic"},
    Mapping{"codex-", "openai"},
    Mapping{"ft:gpt-", "openai"},
    Mapping{"gpt-", "openai"},
    Mapping{"o1", "openai"},
    Mapping{"o3", "openai"},
    Mapping{"o4", "openai"},
    Mapping{"text-embedding-3", "openai"},
};

// Where the price table and the prefixes differ in the provider's name.
constexpr std::array renamed_providers{
    Mapping{"ai21", "ai21_chat"},
    Mapping{"bedrock_converse", "bedrock"},
};

bool is_provider(Text name) { return find_provider(name) || is_missing_provider(name); }

// The bare name's provider by the price table. Only names listed without a prefix count.
Text provider_in_table(Text model) {
  const auto* facts = find_facts({}, model);
  if (!facts) return {};
  if (facts->provider.starts_with("vertex_ai")) return "vertex_ai";
  const auto* renamed = std::ranges::find(renamed_providers, facts->provider, &Mapping::from);
  return renamed != renamed_providers.end() ? renamed->to : facts->provider;
}

Text provider_by_base(Text api_base) {
  const auto* known = std::ranges::find_if(
      known_bases, [&](const Mapping& row) { return api_base.contains(row.from); });
  return known != known_bases.end() ? known->to : Text{};
}

Text provider_by_family(Text model) {
  if (model == "*") return "openai";
  const auto* known = std::ranges::find_if(
      known_families, [&](const Mapping& row) { return model.starts_with(row.from); });
  return known != known_families.end() ? known->to : Text{};
}

Text provider_of_bare_name(Text model, Text api_base) {
  if (const auto provider = provider_by_base(api_base); !provider.empty()) return provider;
  if (const auto provider = provider_in_table(model); !provider.empty()) return provider;
  return provider_by_family(model);
}

struct Pair {
  Text provider, model;
};

std::optional<Pair> split_prefix(Text model) {
  const auto slash = model.find('/');
  if (slash == Text::npos || !is_provider(model.substr(0, slash))) return {};
  return Pair{model.substr(0, slash), model.substr(slash + 1)};
}

std::optional<Pair> find_pair(Text model, Text custom_llm_provider, Text api_base) {
  const auto prefixed = split_prefix(model);
  if (!custom_llm_provider.empty()) {
    if (prefixed && prefixed->provider == custom_llm_provider) return prefixed;
    return Pair{custom_llm_provider, model};
  }
  if (prefixed) return prefixed;
  const auto provider = provider_of_bare_name(model, api_base);
  if (provider.empty()) return {};
  return Pair{provider, model};
}

// Names whose model belongs to another provider than their prefix says.
Text actual_provider(Pair pair) {
  const auto* facts = find_facts({}, pair.model);
  const Text listed = facts ? facts->provider : Text{};
  // Azure's serverless Mistral and Cohere models speak the plain OpenAI API.
  if (pair.provider == "azure" && (listed == "cohere_chat" || find_facts("mistral", pair.model) ||
                                   pair.model.starts_with("mistral/")))
    return "openai";
  if (pair.provider == "azure_ai" && (listed == "openai" || listed == "text-completion-openai"))
    return "azure";
  if (pair.provider == "ai21" && listed == "ai21") return "ai21_chat";
  // Anthropic's and Cohere's first generation have formats of their own.
  if (pair.provider == "anthropic" &&
      (pair.model.starts_with("claude-2") || pair.model.starts_with("claude-instant")))
    return "anthropic_text";
  return pair.provider;
}

// The name that the provider's API expects, where it is not the configured one.
std::string actual_model(Text provider, Text model) {
  if (provider == "fireworks_ai" && model != "*" && !model.contains('/'))
    return concat({"accounts/fireworks/models/", model});
  // huggingface/INFERENCE_PROVIDER/ORG/MODEL is ORG/MODEL:INFERENCE_PROVIDER at its router.
  const auto slash = model.find('/');
  if (provider == "huggingface" && slash != Text::npos && model.find('/', slash + 1) != Text::npos)
    return concat({model.substr(slash + 1), ":", model.substr(0, slash)});
  return std::string(model);
}

Error unknown_model(Text model) {
  return client_error(concat({"model: no provider is known for '", model,
                              "'; write it as PROVIDER/MODEL, for example openai/", model,
                              " with api_base for any OpenAI-compatible server"}),
                      "model");
}

}  // namespace

Result<ResolvedModel> resolve_model(std::string_view model, std::string_view custom_llm_provider,
                                    std::string_view api_base) {
  if (model.empty()) return fail(client_error("model: must not be empty", "model"));
  if (!custom_llm_provider.empty() && !is_provider(custom_llm_provider))
    return fail(client_error(
        concat({"custom_llm_provider: no provider is called '", custom_llm_provider, "'"}),
        "custom_llm_provider"));
  const auto pair = find_pair(model, custom_llm_provider, api_base);
  if (!pair) return fail(unknown_model(model));
  if (pair->model.empty())
    return fail(
        client_error(concat({"model: '", model, "' names a provider but no model"}), "model"));
  const auto provider = actual_provider(*pair);
  return ResolvedModel{.spec = find_provider(provider),
                       .provider = std::string(provider),
                       .model = actual_model(provider, pair->model)};
}

}  // namespace sluice::provider
