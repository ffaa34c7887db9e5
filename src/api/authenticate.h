#pragma once
// Who is asking. Only the master key exists so far; without one the gateway is open.
#include <string>

#include "base/result.h"
#include "gateway/snapshot.h"
#include "http/request.h"

namespace sluice::api {

// Headers in LiteLLM's order: x-litellm-api-key, Authorization, API-Key (Azure's SDK), x-api-key
// (Anthropic's), x-goog-api-key, Ocp-Apim-Subscription-Key; `litellm_key_header_name` replaces
// them. The key is compared in constant time. Error: 401, or LiteLLM's 400 for an
// unknown key.
Status authenticate(const gateway::Snapshot& snapshot, const http::Request& request);

// Whose entries of the cache the request shares: a digest of its key where each key is a tenant of
// its own, else empty. All who know the master key are one.
std::string tenant_of(const Settings& settings, const http::Request& request);

}  // namespace sluice::api
