#pragma once
// The Redis of a cache, as cache_params and the environment name it.
//
// Each setting that a file leaves out is taken from REDIS_<NAME>, as LiteLLM does: REDIS_HOST,
// REDIS_SOCKET_TIMEOUT, …; cluster nodes from REDIS_CLUSTER_NODES. Where several say where the
// Redis is, a URL wins over a cluster's nodes, those over sentinels, a socket and a host.
#include <optional>
#include <string>

#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/redis_options.h"

namespace sluice::config {

// Whether these say where a Redis is.
bool names_redis(const Node& params);
bool names_redis(const Environment& environment);

// Nothing after an error verdict. `path` is that of `params`.
std::optional<RedisOptions> read_redis(const Node& params, const std::string& path,
                                       const Environment& environment, Report& report);

}  // namespace sluice::config
