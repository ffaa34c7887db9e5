#pragma once
// How RedisVL's SemanticCache lays an entry out, which LiteLLM's redis-semantic cache shares: one
// hash a question, found through an index named as its keys begin.
//
//   llmcache:<sha256(prompt)>  entry_id prompt response prompt_vector inserted_at updated_at
//                              [metadata] [filterable fields …]
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "search/commands.h"
#include "search/schema.h"

namespace sluice::search {

namespace cache_field {
constexpr std::string_view entry_id = "entry_id", prompt = "prompt", response = "response",
                           vector = "prompt_vector", inserted_at = "inserted_at",
                           updated_at = "updated_at", metadata = "metadata";
}

// The index of a cache: five fields in this order, then the filterable ones. Keys begin with the
// name, without a separator: the index `a` also covers the keys of a cache `ab`, so that a hit
// counts only if is_cache_key() says so.
Schema cache_schema(std::string name, std::size_t dims, std::vector<Field> filterable = {},
                    VectorType type = VectorType::float32);
// Whether an index can be used for that cache although it is not the same: it covers the cache's
// keys and has the vector field with these numbers and the fields of `wanted` under the same types.
// Empty when it can; else what is in the way.
std::string cache_obstacle(const Schema& wanted, const Schema& existing);
bool is_cache_key(std::string_view cache, std::string_view key);

using NamedText = std::pair<std::string, std::string>;

// Lower-case hex of the SHA-256 of the prompt and of the filters as names and values sorted by
// name, joined as RedisVL joins them (`hello` and {user: bob} → "hellouserbob").
std::string entry_id(std::string_view prompt, std::vector<NamedText> filters = {});

struct CacheEntry {
  std::string_view prompt, response;
  std::string_view vector;  // the blob
  std::string_view id;
  double inserted_at = 0, updated_at = 0;  // unix seconds
  std::optional<std::string> metadata;     // a JSON object; absent = the field is left out
  std::vector<NamedText> filters;          // filterable fields
};
// HSET key … in RedisVL's order.
Arguments store_entry(std::string_view key, const CacheEntry& entry);
// What a lookup asks for, in RedisVL's order: all but the vector, then the filterable fields.
std::vector<std::string> returned_fields(const Schema& cache);

// Seconds as Python prints a float: "1746640334.4512345".
std::string timestamp(double unix_seconds);

// Names that a filterable field can't have.
bool is_reserved(std::string_view field);

}  // namespace sluice::search
