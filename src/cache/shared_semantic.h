#pragma once
// The parts of the semantic cache that all loops of the process share, and how one loop's cache is
// made of them.
#include <memory>

#include "cache/embedded_index.h"
#include "cache/replicated_index.h"
#include "cache/semantic_cache.h"
#include "embed/models.h"

namespace sluice::cache {

struct SharedSemantic {
  explicit SharedSemantic(std::shared_ptr<embed::Pool> its_pool);
  std::shared_ptr<embed::Pool> pool;
  VectorMemo memo;
  SemanticCounts counts;
  ScopeRecord record;
  // One of the two: the index of this process, or what it keeps of the one behind a Redis.
  std::shared_ptr<EmbeddedIndex> embedded;
  std::shared_ptr<Replica> replica;
};

// Null where the settings ask for none, or where it can't be had: the log says why, and what to do.
std::shared_ptr<SharedSemantic> open_shared_semantic(const CacheSettings& settings,
                                                     embed::Models& models,
                                                     std::shared_ptr<store::DiskStore> disk);

// What a loop has of the Redis; null without one. All of it outlives the cache.
struct RedisAccess {
  io::Connector* connector = nullptr;
  redis::Client* client = nullptr;
};
std::unique_ptr<SemanticCache> make_semantic(const CacheSettings& settings, SharedSemantic& shared,
                                             io::Loop& loop, RedisAccess redis);

}  // namespace sluice::cache
