#pragma once
// What one request wants of the cache: the body's `cache`, `caching` and `ttl`, and the header
// Cache-Control. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>

#include "base/json_scan.h"
#include "base/result.h"
#include "model/cache_settings.h"
#include "provider/endpoint.h"

namespace sluice::cache {

struct CacheControl {
  std::optional<Milliseconds> ttl;          // cache.ttl
  std::optional<Milliseconds> default_ttl;  // `ttl`, or s-maxage of the header
  std::optional<Milliseconds> max_age;      // an older entry is a miss
  bool no_cache = false;                    // don't answer from the cache
  bool no_store = false;                    // don't keep the answer
  bool use_cache = false;                   // opts in where the cache is off by default
  std::string name_space;                   // empty = the configuration's
  std::optional<SemanticMode> semantic;     // cache.semantic; absent = the configuration's
};

// `header` is the value of Cache-Control, or empty; what it says that is no request directive is
// passed over, as HTTP wants it. Error: the client's, naming the field and what it must be.
Result<CacheControl> read_cache_control(const JsonFields& fields, std::string_view header);

// Whether this call may be answered from the cache, and its answer kept.
bool may_read(const CacheSettings& settings, const CacheControl& control,
              provider::Endpoint endpoint);
bool may_write(const CacheSettings& settings, const CacheControl& control,
               provider::Endpoint endpoint);

// How long an answer is kept; nothing = until it is evicted. LiteLLM's precedence: cache.ttl, the
// configuration's ttl, the header, the configuration's default; then the type's: 600 s in memory,
// 60 s in Redis, no end elsewhere.
std::optional<Milliseconds> resolve_ttl(const CacheSettings& settings, const CacheControl& control);

// The namespace of this call's keys.
std::string_view name_space_of(const CacheSettings& settings, const CacheControl& control);

}  // namespace sluice::cache
