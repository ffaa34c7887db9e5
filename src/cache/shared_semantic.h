#pragma once
// The parts of the semantic cache that all loops of the process share, and how one loop's cache is
// made of them.
#include <memory>

#include "cache/embedded_index.h"
#include "cache/opening.h"
#include "cache/replicated_index.h"
#include "cache/semantic_cache.h"
#include "embed/models.h"

namespace sluice::cache {

struct SharedSemantic {
  SharedSemantic(const CacheSettings& its_settings, std::shared_ptr<store::DiskStore> its_disk);
  // Makes the part below that holds vectors. Error: the disk's.
  Status open(std::size_t dims, const std::string& space);

  const CacheSettings& settings;
  const std::shared_ptr<store::DiskStore> disk;  // null: none
  std::shared_ptr<embed::Pool> pool;             // null: a model elsewhere makes the vectors
  VectorMemo memo;
  SemanticCounts counts;
  ScopeRecord record;
  // One of the two: the index of this process, or what it keeps of the one behind a Redis.
  std::shared_ptr<EmbeddedIndex> embedded;
  std::shared_ptr<Replica> replica;
  std::unique_ptr<Opening> opening;  // null: they are open. Ends before what it opens.
};

// Null where the settings ask for none, or where it can't be had: the log says why, and what to do.
// The settings outlive it.
std::shared_ptr<SharedSemantic> open_shared_semantic(const CacheSettings& settings,
                                                     embed::Models& models,
                                                     std::shared_ptr<store::DiskStore> disk);

// What a loop has of the Redis; null without one. All of it outlives the cache.
struct RedisAccess {
  io::Connector* connector = nullptr;
  redis::Client* client = nullptr;
};
// `remote` asks a model elsewhere, where the settings name one; null: nobody can, and there is no
// semantic cache then.
std::unique_ptr<SemanticCache> make_semantic(SharedSemantic& shared, io::Loop& loop,
                                             RedisAccess redis, std::shared_ptr<Embedder> remote);

}  // namespace sluice::cache
