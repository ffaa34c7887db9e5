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
  // Something larger than a shard may hold is not kept.
  void keep(std::string_view key, Bytes value, std::optional<Milliseconds> ttl);
  bool remove(std::string_view key);
  std::size_t remove_prefix(std::string_view prefix);
  StoreStats count() const;

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
  Shard& shard_of(std::size_t hash) const { return *shards_[hash % shards_.size()]; }

  static constexpr std::size_t most_shards = 64;
  std::size_t capacity_;
  Clock clock_;
  Epochs epochs_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace sluice::store
