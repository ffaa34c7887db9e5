#include "store/memory_store.h"

#include <algorithm>

#include "store/memory_shard.h"

namespace sluice::store {

namespace {

std::size_t hash_of(std::string_view key) { return std::hash<std::string_view>{}(key); }

}  // namespace

// A shard must hold many entries, or the largest answers would not fit.
MemoryStore::MemoryStore(std::size_t capacity_bytes, Clock clock)
    : capacity_(capacity_bytes), clock_(std::move(clock)) {
  constexpr std::size_t least_shard = 4u << 20;
  const std::size_t count = std::clamp(capacity_bytes / least_shard, std::size_t{1}, most_shards);
  for (std::size_t i = 0; i < count; i++)
    shards_.push_back(std::make_unique<Shard>(capacity_bytes / count, epochs_));
}

MemoryStore::~MemoryStore() = default;

Bytes MemoryStore::find(std::string_view key) {
  const std::size_t hash = hash_of(key);
  return shard_of(hash).find(hash, key, clock_());
}

void MemoryStore::keep(std::string_view key, Bytes value, std::optional<Milliseconds> ttl) {
  const std::size_t hash = hash_of(key);
  const io::Time now = clock_();
  shard_of(hash).keep(hash, key, std::move(value), ttl ? now + *ttl : io::never, now);
}

bool MemoryStore::remove(std::string_view key) {
  const std::size_t hash = hash_of(key);
  return shard_of(hash).remove(hash, key);
}

std::size_t MemoryStore::remove_prefix(std::string_view prefix) {
  std::size_t removed = 0;
  for (const auto& shard : shards_) removed += shard->remove_prefix(prefix);
  return removed;
}

StoreStats MemoryStore::count() const {
  StoreStats sum{.capacity_bytes = capacity_};
  for (const auto& shard : shards_) shard->add_to(sum);
  return sum;
}

io::Async<Result<Bytes>> MemoryStore::get(std::string_view key, io::WaitLimit) {
  co_return find(key);
}

io::Async<Status> MemoryStore::put(std::string_view key, Bytes value,
                                   std::optional<Milliseconds> ttl, io::WaitLimit) {
  keep(key, std::move(value), ttl);
  co_return Done{};
}

io::Async<Result<bool>> MemoryStore::erase(std::string_view key, io::WaitLimit) {
  co_return remove(key);
}

io::Async<Result<std::size_t>> MemoryStore::clear(std::string_view prefix, io::WaitLimit) {
  co_return remove_prefix(prefix);
}

io::Async<Result<StoreStats>> MemoryStore::stats(io::WaitLimit) { co_return count(); }

io::Async<Status> MemoryStore::check(io::WaitLimit) { co_return Done{}; }

}  // namespace sluice::store
