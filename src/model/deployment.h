#pragma once
// The nouns of a configuration: one Deployment is one provider, upstream model and credential; all
// with the same `group` are a model group, the name that clients ask for. Plain data, immutable
// once a snapshot is built, so any thread may read it.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/price.h"

namespace sluice {

namespace provider {
struct ProviderSpec;
}

using Milliseconds = std::chrono::milliseconds;
// name -> value. For parameters the value is JSON text; for headers it is the header's value.
using NamedValues = std::vector<std::pair<std::string, std::string>>;

struct Deployment {
  std::string id;             // model_info.id, or LiteLLM's stable digest of the parameters
  std::string count_key;      // calls are counted under it over reloads; empty: under the id
  std::string group;          // model_name; may hold `*`
  std::string litellm_model;  // litellm_params.model as written ("groq/llama-3.1-8b-instant")
  const provider::ProviderSpec* spec = nullptr;  // row of the catalogue; never null in a snapshot
  std::string model;                             // the provider's own model name; may hold `*`
  std::string api_key;                           // resolved; may be empty. Never logged.
  std::string api_base;                          // resolved base URL, without a trailing slash
  std::string api_version;                       // Azure's `api-version`; may be empty
  std::string organization;                      // OpenAI-Organization; may be empty
  std::optional<Milliseconds> timeout, stream_timeout;
  std::optional<int> num_retries;
  std::optional<std::int64_t> rpm, tpm;
  std::optional<std::int64_t> max_parallel_requests;
  std::optional<double> weight;
  NamedValues defaults;    // OpenAI and provider parameters from litellm_params, in YAML order
  NamedValues headers;     // extra_headers / headers
  NamedValues extra_body;  // merged into the request's top level
  std::optional<std::string> mock_response;
  std::optional<bool> drop_params;                  // overrides Settings::drop_params
  std::vector<std::string> additional_drop_params;  // always dropped
  std::vector<std::string> allowed_openai_params;   // sent although the provider's row lacks them
  std::vector<std::string> tags;
  std::optional<bool> ssl_verify;  // false: the certificate is not checked
  Price price;                     // from the config, else the price table
  std::string mode;                // "chat", "completion", "embedding", …; may be empty
  std::string info_json;    // JSON object for /model/info: the model_info block, price-map facts in
  std::string params_json;  // JSON object for /model/info: litellm_params without secrets
};

}  // namespace sluice
