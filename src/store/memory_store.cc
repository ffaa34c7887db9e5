#include "store/memory_store.h"

#include <algorithm>

#include "store/memory_shard.h"

namespace sluice::store {

namespace {

std::size_t hash_of(std::string_view key) { return std::hash<std::string_view>{}(key); }

// A time to live of any length; one that the clock can't express is without end.
io::Time end_of(io::Time now, std::optional<Milliseconds> ttl) {
  if (!ttl || *ttl >= std::chrono::duration_cast<Milliseconds>(io::never - now)) return io::never;
  return now + std::max(*ttl, Milliseconds(0));
}

// There is one writer at a time, so this need not be one operation.
void add_one(std::atomic<std::size_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

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
  const io::Time now = clock_();
  const Epochs::Reader reading(epochs_);
  Bytes found = shard_of(hash).find(hash, key, now);
  Tally& tally = tallies_[reading.place()];
  add_one(found != nullptr ? tally.hits : tally.misses);
  return found;
}

void MemoryStore::keep(std::string_view key, Bytes value, std::optional<Milliseconds> ttl) {
  const std::size_t hash = hash_of(key);
  const io::Time now = clock_();
  shard_of(hash).keep({hash, key, std::move(value), end_of(now, ttl), now});
}

bool MemoryStore::remove(std::string_view key) {
  const std::size_t hash = hash_of(key);
  return shard_of(hash).remove(hash, key, clock_());
}

std::size_t MemoryStore::remove_prefix(std::string_view prefix) {
  std::size_t removed = 0;
  const io::Time now = clock_();
  for (const auto& shard : shards_) removed += shard->remove_prefix(prefix, now);
  return removed;
}

void MemoryStore::remove_all() {
  for (const auto& shard : shards_) shard->remove_all();
}

StoreStats MemoryStore::count() const {
  StoreStats sum{.capacity_bytes = capacity_};
  for (const auto& shard : shards_) shard->add_to(sum);
  for (const Tally& tally : tallies_) {
    sum.hits += tally.hits.load(std::memory_order_relaxed);
    sum.misses += tally.misses.load(std::memory_order_relaxed);
  }
  return sum;
}

MemoryStore::Mark MemoryStore::mark(std::string_view key) const {
  return shard_of(hash_of(key)).removals();
}

bool MemoryStore::keep_since(Mark mark, std::string_view key, Bytes value,
                             std::optional<Milliseconds> ttl) {
  const std::size_t hash = hash_of(key);
  const io::Time now = clock_();
  return shard_of(hash).keep_unless_removed({hash, key, std::move(value), end_of(now, ttl), now},
                                            mark);
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
