#pragma once
// Memory in front of a slower store. What is read is remembered, never longer than it lives there
// nor than the store says copies hold; what is written, or changed by others, is forgotten.
//
// The memory is shared by all loops and belongs to this one slower store. On each loop there is a
// TieredStore with a Redis connection of its own; for a disk one TieredStore serves all.
//
// No old value stays: a reader marks its key before it asks, and what it got is kept only if
// nothing was forgotten since (MemoryStore::keep_since). A Redis tells of a change on the
// connection that has read the key, after the reply to that read; so a copy that is kept before the
// news comes is taken out by it, and one that comes after it is not kept, whichever loop hears
// first.
#include <memory>

#include "store/backing_store.h"
#include "store/memory_store.h"

namespace sluice::store {

class TieredStore final : public Store {
 public:
  // `slower` has not been used yet.
  TieredStore(std::shared_ptr<MemoryStore> memory, std::shared_ptr<BackingStore> slower);

  // What memory has; never waits. Any thread.
  Bytes find(std::string_view key) { return memory_->find(key); }
  // What the slower store has, when find() has just found nothing.
  io::Async<Result<Bytes>> fetch(std::string_view key, io::WaitLimit limit);

  // find(), then fetch().
  io::Async<Result<Bytes>> get(std::string_view key, io::WaitLimit limit) override;
  io::Async<Status> put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                        io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(std::string_view prefix, io::WaitLimit limit) override;
  // Those of the slower store, as the name is.
  io::Async<Result<StoreStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  std::string_view name() const override { return slower_->name(); }

 private:
  const std::shared_ptr<MemoryStore> memory_;
  const std::shared_ptr<BackingStore> slower_;
};

}  // namespace sluice::store
