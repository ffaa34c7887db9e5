#pragma once
// The id LiteLLM gives a deployment that has none: a digest of its group and parameters. Clients,
// dashboards and shared Redis keys refer to deployments by it, so it must be the same.
#include <string>
#include <string_view>

#include "config/node.h"

namespace sluice::config {

// SHA-256 in hex over the group and every `key` + `value` of litellm_params in the order of the
// file, variables replaced: text as it is, mappings as json.dumps writes them, the rest as str().
std::string model_id(std::string_view group, const Node& litellm_params);

// What stays of that id when limits or the weight change: a reload that changes them goes on with
// the counts of the calls.
std::string count_key(std::string_view group, const Node& litellm_params);

}  // namespace sluice::config
