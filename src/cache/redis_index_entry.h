#pragma once
// A semantic entry as a hash of a Redis, in RedisVL's fields (search/cache_layout.h), whichever
// index finds it. RedisVL's schema knows no scope, so it lies in the metadata:
//
//   metadata  {"sluice_scope": "5f…", "model": "gpt-4o"}
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/redis_index_calls.h"
#include "cache/semantic_index.h"
#include "search/cache_layout.h"
#include "search/replies.h"

namespace sluice::cache {

// `metadata` is a JSON object or empty. What it says about a scope itself is left out.
std::string with_scope(std::string_view metadata, std::string_view scope);
// The reverse. A text that is no object is another program's: no metadata, no scope.
struct ScopedMetadata {
  std::string scope, metadata;
};
ScopedMetadata without_scope(std::string_view stored);

struct HashEntry {
  SemanticEntry entry;  // its id is left to the caller
  std::vector<float> vector;
};
// Nothing when the hash has no prompt or response, or no vector of that many dimensions.
std::optional<HashEntry> read_hash(const search::Document& hash, std::size_t dims);

struct HashWrite {
  std::string key, id;
  const NewSemanticEntry& entry;
  std::vector<search::NamedText> filters;  // further fields
};
// Replaces all that is under the key, its end too.
std::vector<RedisCall> write_hash(const HashWrite& write);

// Names and values that begin keys: 32 hex digits of the scope's SHA-256.
std::string scope_tag(std::string_view scope);

}  // namespace sluice::cache
