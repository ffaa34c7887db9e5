#pragma once
// What a whole configuration says, as plain data: made by `config`, read by everything above.
// One value is immutable after it is made; a reload makes a new one.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/cache_settings.h"
#include "model/deployment.h"

namespace sluice {

// group -> groups to try after it. The key "*" holds the default fallbacks.
using Fallbacks = std::map<std::string, std::vector<std::string>, std::less<>>;

struct ModelAlias {
  std::string target;   // a model group
  bool hidden = false;  // true: served, not listed
};

enum class RoutingStrategy { simple_shuffle, least_busy, usage_based, latency_based, cost_based };

// A deployment of the file that cannot be called. A request for its group gets an error with the
// reason, unless other deployments of the group serve it.
struct UnavailableDeployment {
  std::string group;     // model_name; may hold `*`
  std::string provider;  // "bedrock"; empty when even that is unknown
  std::string reason;    // "provider `bedrock` is not supported yet"; holds no secret
};

struct RetryPolicy {  // attempts after the first, by class of error; absent = num_retries
  std::optional<int> bad_request, authentication, timeout, rate_limit, content_policy, internal;
};

struct Settings {
  std::vector<Deployment> deployments;  // in the order of the file
  std::vector<UnavailableDeployment> unavailable;
  std::map<std::string, ModelAlias, std::less<>> aliases;

  // Attempts.
  RoutingStrategy strategy = RoutingStrategy::simple_shuffle;
  int num_retries = 2;
  Milliseconds retry_after{0};                                // least wait between two attempts
  std::optional<std::int64_t> default_max_parallel_requests;  // of deployments that say nothing
  std::optional<RetryPolicy> retry_policy;
  std::map<std::string, RetryPolicy, std::less<>> group_retry_policy;
  Fallbacks fallbacks, context_window_fallbacks, content_policy_fallbacks;
  int max_fallbacks = 5;
  Milliseconds timeout{6'000'000};  // LiteLLM's request_timeout, 6000 s
  std::optional<Milliseconds> stream_timeout;

  // Requests.
  bool drop_params = false;
  std::string completion_model, embedding_model;  // force this model; empty = as asked
  bool allow_client_side_credentials = false;
  bool forward_client_headers = false;  // forward_client_headers_to_llm_api: `x-*` headers
  std::size_t max_request_bytes = 100u << 20;

  std::optional<CacheSettings> cache;  // nothing: answers are not cached
  // Makes the vectors of a semantic cache whose embedding model is a provider's and none of the
  // model_list. No client can ask for it.
  std::optional<Deployment> embedding_deployment;

  // Access.
  std::string master_key;          // empty = open. Never logged.
  std::string key_header;          // litellm_key_header_name; empty = the usual ones
  bool metrics_need_auth = false;  // require_auth_for_metrics_endpoint

  // Outgoing connections.
  bool ssl_verify = true;
  std::string ssl_ca_file;  // custom CA bundle (ssl_verify: PATH); empty = the system's

  bool json_logs = false;
  bool verbose = false;  // set_verbose / --detailed_debug
};

}  // namespace sluice
