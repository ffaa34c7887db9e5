#include "provider/params.h"

#include <algorithm>
#include <array>

namespace sluice::provider {
namespace {

using Text = std::string_view;

bool contains(std::span<const Text> names, Text name) {
  return std::ranges::find(names, name) != names.end();
}

// OpenAI's reasoning models. An Azure deployment is named freely, but usually after its model.
bool is_reasoning_model(const ProviderSpec& spec, Text model) {
  constexpr std::array families{Text{"o1"}, Text{"o3"}, Text{"o4"}, Text{"gpt-5"}};
  if (spec.name == "openai")
    return std::ranges::any_of(families, [&](Text name) { return model.starts_with(name); });
  if (spec.name == "azure")
    return std::ranges::any_of(families, [&](Text name) { return model.contains(name); });
  return false;
}

// These models take only the default temperature, count max_tokens under its newer name and have no
// other sampling parameters.
std::optional<Text> name_for_reasoning_model(const Param& param) {
  constexpr std::array refused{Text{"frequency_penalty"}, Text{"logprobs"},
                               Text{"presence_penalty"}, Text{"top_logprobs"}, Text{"top_p"}};
  if (contains(refused, param.name)) return {};
  if (param.name == "temperature" && param.json != "1" && param.json != "1.0") return {};
  if (param.name == "max_tokens") return "max_completion_tokens";
  return param.name;
}

}  // namespace

ParamNames::ParamNames(const ProviderSpec& spec, std::string_view model)
    : spec_(spec), reasons_(is_reasoning_model(spec, model)) {}

std::optional<std::string_view> ParamNames::upstream_name(const Param& param) const {
  const bool harmless = param.name == "n" && param.json == "1";
  if (!harmless && contains(spec_.unsupported_params, param.name)) return {};
  if (reasons_) return name_for_reasoning_model(param);
  for (const auto& [ours, theirs] : spec_.renamed_params)
    if (ours == param.name) return theirs;
  return param.name;
}

}  // namespace sluice::provider
