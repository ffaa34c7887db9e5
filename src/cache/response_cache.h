#pragma once
// The exact cache as one loop sees it: answers under keys, in memory, on disk or in a Redis.
//
//   if (const auto hit = cache.find_now(endpoint, key)) …       // memory: no waiting
//   const auto hit = co_await cache.find(endpoint, key, &cancel);
//   co_await cache.keep(endpoint, key, entry, ttl);
//
// A store that fails costs a hit and nothing else.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/entry.h"
#include "io/connect.h"
#include "model/cache_settings.h"
#include "store/store.h"

namespace sluice::embed {
class Models;
}
namespace sluice::redis {
class Client;
}
namespace sluice::store {
class BackingStore;
class DiskStore;
class MemoryStore;
class TieredStore;
}  // namespace sluice::store

namespace sluice::cache {

class Embedder;
class SemanticCache;
struct SemanticCounts;
struct SharedSemantic;

// What all loops of the process share; two configurations with equal settings share it too.
class SharedCache {
 public:
  // Error: names the setting that can't be used.
  static Result<std::shared_ptr<SharedCache>> open(CacheSettings settings, embed::Models& models);
  const CacheSettings& settings() const { return settings_; }

 private:
  friend class ResponseCache;
  explicit SharedCache(CacheSettings settings);
  CacheSettings settings_;
  std::shared_ptr<store::MemoryStore> memory_;
  std::shared_ptr<store::DiskStore> disk_;    // null: none
  std::shared_ptr<SharedSemantic> semantic_;  // null: questions are not matched by meaning
};

// A stored answer. The entry's views point into what the hit owns.
struct Hit {
  Entry entry;
  store::Bytes bytes;
  std::string unwrapped;  // the body, where the stored bytes had to be decoded
};

class ResponseCache {
 public:
  // `embedder` asks the embedding model of the settings where that is not in this process; without
  // one, questions are not matched by meaning then.
  ResponseCache(std::shared_ptr<SharedCache> shared, io::Loop& loop,
                std::shared_ptr<Embedder> embedder = nullptr);
  ~ResponseCache();

  const CacheSettings& settings() const { return shared_->settings(); }
  // What this process remembers; never waits. Null: nothing, as below. With stale_if_error an entry
  // may have ended.
  std::unique_ptr<const Hit> find_now(provider::Endpoint endpoint, std::string_view key);
  // Also what is on disk or in the Redis. What is no answer of that endpoint is a miss.
  io::Async<std::unique_ptr<const Hit>> find(provider::Endpoint endpoint, std::string_view key,
                                             io::CancelToken* cancel);
  // `stored_at` and `expires_at` of the entry are set here. keep_now is for stores that need no
  // waiting; false: nothing was kept.
  bool keep_now(provider::Endpoint endpoint, std::string_view key, Entry entry,
                std::optional<Milliseconds> ttl);
  io::Async<Done> keep(provider::Endpoint endpoint, std::string_view key, Entry entry,
                       std::optional<Milliseconds> ttl);

  // Null: questions are not matched by meaning.
  SemanticCache* semantic() { return semantic_.get(); }
  // What it did in this process; null: as above.
  const SemanticCounts* semantic_counts() const;

  // For operators.
  io::Async<Status> check(io::WaitLimit limit);
  struct Stored {
    std::unique_ptr<const Hit> hit;    // null: no answer is kept under that key
    std::optional<Milliseconds> left;  // until it ends, where the store can tell
  };
  // What the slowest store has, an answer of whatever endpoint.
  io::Async<Result<Stored>> look(std::string_view key, io::WaitLimit limit);
  io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit);
  // Takes out all entries of the configured namespace; how many they were.
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit);
  // What the Redis (of a Cluster the first master) tells: {"num_clients","clients","info"}. Error:
  // there is none, or it doesn't answer.
  io::Async<Result<std::string>> redis_info(io::WaitLimit limit);
  // One row for each store, by its name, the quickest first.
  using Stats = std::vector<std::pair<std::string_view, store::StoreStats>>;
  io::Async<Result<Stats>> stats(io::WaitLimit limit);

 private:
  store::Store& slowest() const;
  std::unique_ptr<const Hit> read(provider::Endpoint endpoint, store::Bytes bytes) const;
  store::Bytes encode(provider::Endpoint endpoint, Entry& entry,
                      std::optional<Milliseconds> ttl) const;
  std::optional<Milliseconds> stored_for(provider::Endpoint endpoint,
                                         std::optional<Milliseconds> ttl) const;
  io::WaitLimit limit(io::CancelToken* cancel) const;
  void open_redis(io::Loop& loop);

  std::shared_ptr<SharedCache> shared_;
  std::unique_ptr<io::Connector> connector_;      // to a Redis: no forward proxy stands before one
  std::unique_ptr<redis::Client> client_;         // null: none
  std::shared_ptr<store::BackingStore> backing_;  // null: memory is all there is
  std::unique_ptr<store::TieredStore> tiers_;     // memory and what is behind it; null as well
  std::unique_ptr<SemanticCache> semantic_;
};

}  // namespace sluice::cache
