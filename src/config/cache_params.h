#pragma once
// One mapping of cache parameters: the type of the cache, where its entries are, how long they live
// and under which keys.
#include <optional>
#include <string>

#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/cache_settings.h"

namespace sluice::config {

// Nothing when the cache is of a type that is not there yet (a verdict says so) or of none. `path`
// is that of `params`. What is missing of a Redis is taken from the environment.
std::optional<CacheSettings> read_cache_params(const Node& params, const std::string& path,
                                               const Environment& environment, Report& report);

}  // namespace sluice::config
