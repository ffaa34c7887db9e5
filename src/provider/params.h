#pragma once
// How an OpenAI chat parameter reaches a provider's model: under which name, or not at all. The
// catalogue's lists, and what depends on the model (OpenAI's reasoning models). Pure; any thread.
#include <optional>
#include <string_view>

#include "provider/catalog.h"

namespace sluice::provider {

struct Param {
  std::string_view name;  // OpenAI's name: "max_tokens"
  std::string_view json;  // its value as JSON text
};

// The names of one model of a provider, whose row must outlive this.
class ParamNames {
 public:
  ParamNames(const ProviderSpec& spec, std::string_view model);
  // The name to send it under, mostly its own. nullopt: that model refuses it; the caller answers
  // unsupported_params, or leaves it out if the configuration says drop_params.
  std::optional<std::string_view> upstream_name(const Param& param) const;

 private:
  const ProviderSpec& spec_;
  bool reasons_;  // one of OpenAI's reasoning models
};

}  // namespace sluice::provider
