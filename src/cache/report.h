#pragma once
// The cache as an operator sees it, as JSON: what the gateway's /cache endpoints answer and what
// `sluice cache` prints. Pure; any thread.
#include <string>
#include <string_view>

#include "cache/response_cache.h"

namespace sluice::cache {

// "local", "disk", "redis", "semantic" or "redis-semantic", as cache_params.type says it.
std::string_view type_name(CacheType type);

// {"type":"disk","stores":[{"name":"memory","entries":2,"bytes":1810,…},…]}
// With counts also "semantic":{"lookups":{"hit":3,"no_neighbour":9,…},"kept":9,…}
std::string stats_json(CacheType type, const ResponseCache::Stats& stats,
                       const SemanticCounts* semantic = nullptr);

// {"key":…,"age":12.5,"ttl":3587.5,"group":…,"provider":…,"model":…,"model_id":…,
//  "from_stream":false,"usage":{…},"response":{…}}. Seconds. `ttl` is null where the entry has no
// end or the store can't tell; facts that the entry's format does not keep are null.
std::string entry_json(std::string_view key, const ResponseCache::Stored& stored, double now);

// {"status":"success","deleted":2}
std::string deleted_json(std::size_t count);

}  // namespace sluice::cache
