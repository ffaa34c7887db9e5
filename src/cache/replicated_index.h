#pragma once
// The semantic index on a Redis or Valkey that has none: hashes hold the entries, and every gateway
// holds their vectors in memory. They are read when it starts and kept in step through a stream
// (replicated_log.h); a hit is read from its hash, so that what was erased or has ended is served
// nowhere.
#include <atomic>
#include <memory>
#include <string>

#include "cache/embedded_index.h"
#include "cache/redis_index_entry.h"
#include "cache/replicated_log.h"
#include "cache/semantic_index.h"
#include "io/cancel.h"
#include "redis/client.h"

namespace sluice::cache {

// The vectors that all loops of a process share. One of the indexes over it, on whichever loop,
// follows the stream for all; when that one goes away, another takes over.
class Replica {
 public:
  // The space is not looked at: entries of another one have another prefix, or other scopes.
  static Result<std::shared_ptr<Replica>> make(std::size_t dims, std::size_t capacity_bytes);

  EmbeddedIndex& vectors() { return *vectors_; }
  // Whether everything was read once. Any thread.
  bool is_ready() const { return ready_.load(std::memory_order_acquire); }
  // Logs which index is in use, with the first loop that knows.
  void say_once(std::string_view index, const RedisIndexOptions& options);

 private:
  friend class ReplicatedIndex;
  explicit Replica(std::shared_ptr<EmbeddedIndex> vectors) : vectors_(std::move(vectors)) {}
  bool lead() { return !followed_.exchange(true, std::memory_order_acquire); }
  void leave() { followed_.store(false, std::memory_order_release); }

  std::shared_ptr<EmbeddedIndex> vectors_;
  std::atomic<bool> ready_ = false, followed_ = false, said_ = false;
  std::optional<LogPlace> place_;  // up to which all is known; for who leads
};

class ReplicatedIndex final : public SemanticIndex {
 public:
  struct Parts {
    io::Loop& loop;
    io::Connector& connector;
    redis::Client& client;
    // For a connection of its own, on which the server is asked to wait.
    std::shared_ptr<const RedisOptions> redis;
    std::shared_ptr<Replica> replica;
    RedisIndexOptions options;
  };
  explicit ReplicatedIndex(Parts parts);
  ~ReplicatedIndex() override;
  ReplicatedIndex(const ReplicatedIndex&) = delete;

  io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                    io::WaitLimit limit) override;
  io::Async<Result<std::string>> put(const NewSemanticEntry& entry, io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit) override;
  io::Async<Result<IndexStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  void used(const Neighbour& neighbour) override;
  std::string_view name() const override { return "replicated"; }

 private:
  std::vector<Neighbour> candidates(const SemanticLookup& lookup) const;
  io::Async<Result<std::vector<Neighbour>>> read(const std::vector<Neighbour>& candidates,
                                                 const SemanticLookup& lookup, io::WaitLimit limit);
  io::Async<Status> tell(Change change, io::WaitLimit limit);

  io::Detached follow();
  io::Async<Status> keep_in_step();
  io::Async<Result<bool>> has_missed(const std::vector<LoggedChange>& changes);
  io::Async<Result<bool>> has_gap();
  io::Async<Result<bool>> is_stale();
  io::Async<Status> load();
  io::Async<Status> load_master(std::size_t number, std::vector<std::string>& seen);
  io::Async<Status> take(const std::vector<std::string>& keys);
  io::Async<Status> apply(const std::vector<LoggedChange>& changes);
  io::WaitLimit patient();

  Parts p_;
  redis::Client follower_;
  const std::string log_;
  io::CancelToken stop_;
  bool stopped_ = false, leading_ = false;
};

}  // namespace sluice::cache
