#pragma once
// The cache, out of litellm_settings (`cache`, `cache_params`, …) and what router_settings adds
// (`cache_responses`, `caching_groups`).
#include <optional>

#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/cache_settings.h"

namespace sluice::config {

// Takes both sections. Nothing when the cache is off, of a type that is not there yet (a verdict
// says so), or wrong (an error verdict).
std::optional<CacheSettings> read_cache(const Node& litellm_settings, const Node& router_settings,
                                        const Environment& environment, Report& report);

}  // namespace sluice::config
