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

// How entries lie in the Redis: as those of RedisVL's SemanticCache, which LiteLLM shares, or as
// our own.
enum class IndexLayout { shared, own };

// For every index behind a Redis.
struct RedisIndexOptions {
  std::string name;      // of the index; its keys begin with it and ':'
  std::size_t dims = 0;  // of the vectors
  // Which encoder makes the vectors: with a layout of our own, each has an index of its own.
  std::string space;
  IndexLayout layout = IndexLayout::own;
  bool is_cluster = false;

  // What the keys begin with, without the ':'.
  std::string prefix() const;
  std::string key_of(std::string_view id) const { return prefix() + ":" + std::string(id); }
};

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

// The entry as a lookup's neighbour; nothing when it is farther than the lookup wants.
std::optional<Neighbour> as_neighbour(HashEntry hash, std::string id, const SemanticLookup& lookup);

// What an index says is near.
struct NamedEntry {
  std::string id, scope;
};
struct ReadEntries {
  std::vector<Neighbour> near;    // the nearest first
  std::vector<std::string> gone;  // ids without a hash of that scope behind them
};
// Reads the hashes of those entries, to be scored by their own vectors.
io::Async<Result<ReadEntries>> read_entries(redis::Client& client, const RedisIndexOptions& options,
                                            const std::vector<NamedEntry>& named,
                                            const SemanticLookup& lookup, io::WaitLimit limit);

// Writes the entry, in place of one with the same prompt and scope; gives its id. In the shared
// layout that is sha256(prompt), and sha256(prompt + scope) where somebody else has that one:
// entries of other scopes and other programs stay.
io::Async<Result<std::string>> write_entry(redis::Client& client, const RedisIndexOptions& options,
                                           const NewSemanticEntry& entry, io::WaitLimit limit);
// True: there was one.
io::Async<Result<bool>> erase_hash(redis::Client& client, const std::string& key,
                                   io::WaitLimit limit);

// The tag of a scope, in the field of that name: 32 hex digits of its SHA-256.
constexpr std::string_view scope_field = "scope";
std::string scope_tag(std::string_view scope);

}  // namespace sluice::cache
