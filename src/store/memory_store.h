#pragma once
// Entries in memory, for all loops of the process: bounded by bytes, with an end for each, and an
// eviction that a scan does not fool (S3-FIFO: Yang et al., "FIFO queues are all you need for cache
// eviction", SOSP 2023; docs/design/eviction.md has what was measured).
//
// A hit takes no lock: readers walk hash chains whose nodes never change and are freed only when no
// reader can see them (reclaim.h). Writers lock one of many shards.
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "store/reclaim.h"
#include "store/store.h"

namespace sluice::store {

class MemoryStore final : public Store {
 public:
  using Clock = std::function<io::Time()>;  // for tests

  explicit MemoryStore(std::size_t capacity_bytes, Clock clock = io::Clock::now);
  ~MemoryStore() override;
  MemoryStore(const MemoryStore&) = delete;

  // The same as the coroutines below, without waiting. Any thread.
  Bytes find(std::string_view key);
  // Something larger than a shard may hold (largest_entry()) is not kept.
  void keep(std::string_view key, Bytes value, std::optional<Milliseconds> ttl);
  bool remove(std::string_view key);
  std::size_t remove_prefix(std::string_view prefix);
  // All of it, at once however much there is. The bytes are given back (and leave the counts) as
  // new entries come.
  void remove_all();
  StoreStats count() const;
  std::size_t largest_entry() const { return capacity_ / shards_.size(); }

  // For what is copied here from somewhere else: take a mark, read it there, keep it with the mark.
  // Not kept (false) when that key may have been removed meanwhile, as what was read may be older.
  using Mark = std::uint64_t;
  Mark mark(std::string_view key) const;
  bool keep_since(Mark mark, std::string_view key, Bytes value, std::optional<Milliseconds> ttl);

  io::Async<Result<Bytes>> get(std::string_view key, io::WaitLimit limit) override;
  io::Async<Status> put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                        io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(std::string_view prefix, io::WaitLimit limit) override;
  io::Async<Result<StoreStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  std::string_view name() const override { return "memory"; }

 private:
  class Shard;
  // Each is written by one reader at a time (the one in that place of `epochs_`).
  struct alignas(64) Tally {
    std::atomic<std::size_t> hits = 0, misses = 0;
  };
  Shard& shard_of(std::size_t hash) const { return *shards_[hash % shards_.size()]; }

  static constexpr std::size_t most_shards = 64;
  const std::size_t capacity_;
  const Clock clock_;
  Epochs epochs_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::array<Tally, Epochs::most_readers> tallies_;
};

}  // namespace sluice::store
