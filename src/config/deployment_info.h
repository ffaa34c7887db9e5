#pragma once
// What /model/info shows of a deployment, and what it costs.
#include <string>

#include "config/node.h"
#include "config/reader.h"
#include "model/deployment.h"
#include "provider/catalog.h"
#include "provider/prices.h"

namespace sluice::config {

// True for a parameter that must never be shown: keys, secrets, tokens, passwords, credentials.
bool is_secret(std::string_view key);

// litellm_params as JSON in LiteLLM's order, without secrets and nulls.
std::string params_json(const Node& litellm_params);

// Where the parts of model_info come from.
struct InfoSource {
  const std::string& id;
  const Node& litellm_params;
  const Node& model_info;
  const provider::ModelFacts* facts;  // may be null
  const provider::ProviderSpec& spec;
  const std::string& model;  // the provider's own name
};
// model_info as JSON: id, the configured fields, then the facts of the price table that the
// configuration does not set.
std::string info_json(const InfoSource& source);

// Prices of the table, replaced by those that litellm_params or model_info set.
Price price_of(const Reader& litellm_params, const Reader& model_info,
               const provider::ModelFacts* facts);

}  // namespace sluice::config
