#include "store/tiered_store.h"

#include <algorithm>

namespace sluice::store {

namespace {

// Takes something out of memory at the end of a change to the slower store: however that ends, and
// also when nobody waits for it any more.
class Removal {
 public:
  enum Kind { one_key, prefix };
  Removal(MemoryStore& memory, std::string_view text, Kind kind)
      : memory_(memory), text_(text), kind_(kind) {}
  Removal(const Removal&) = delete;
  ~Removal() {
    if (kind_ == one_key)
      memory_.remove(text_);
    else
      memory_.remove_prefix(text_);
  }

 private:
  MemoryStore& memory_;
  const std::string_view text_;
  const Kind kind_;
};

BackingStore::Changed forgetting(std::shared_ptr<MemoryStore> memory) {
  return [its_memory = std::move(memory)](std::optional<std::string_view> key) {
    if (key)
      its_memory->remove(*key);
    else
      its_memory->remove_all();
  };
}

}  // namespace

TieredStore::TieredStore(std::shared_ptr<MemoryStore> memory, std::shared_ptr<BackingStore> slower)
    : memory_(std::move(memory)), slower_(std::move(slower)) {
  slower_->on_change(forgetting(memory_));
}

io::Async<Result<Bytes>> TieredStore::fetch(std::string_view key, io::WaitLimit limit) {
  const MemoryStore::Mark mark = memory_->mark(key);
  auto found = co_await slower_->look(key, limit);
  if (!found) co_return fail(std::move(found).error());
  const Milliseconds hold =
      std::min(slower_->copies_hold(), found->left.value_or(Milliseconds::max()));
  if (found->bytes != nullptr && hold > Milliseconds(0))
    memory_->keep_since(mark, key, found->bytes, hold);
  co_return std::move(found->bytes);
}

io::Async<Result<Bytes>> TieredStore::get(std::string_view key, io::WaitLimit limit) {
  if (Bytes found = find(key)) co_return found;
  auto fetched = co_await fetch(key, limit);
  co_return fetched;
}

io::Async<Status> TieredStore::put(std::string_view key, Bytes value,
                                   std::optional<Milliseconds> ttl, io::WaitLimit limit) {
  const Removal removal(*memory_, key, Removal::one_key);
  const Status status = co_await slower_->put(key, std::move(value), ttl, limit);
  co_return status;
}

io::Async<Result<bool>> TieredStore::erase(std::string_view key, io::WaitLimit limit) {
  const Removal removal(*memory_, key, Removal::one_key);
  const auto erased = co_await slower_->erase(key, limit);
  co_return erased;
}

io::Async<Result<std::size_t>> TieredStore::clear(std::string_view prefix, io::WaitLimit limit) {
  const Removal removal(*memory_, prefix, Removal::prefix);
  const auto cleared = co_await slower_->clear(prefix, limit);
  co_return cleared;
}

io::Async<Result<StoreStats>> TieredStore::stats(io::WaitLimit limit) {
  const auto stats = co_await slower_->stats(limit);
  co_return stats;
}

io::Async<Status> TieredStore::check(io::WaitLimit limit) {
  const Status checked = co_await slower_->check(limit);
  co_return checked;
}

}  // namespace sluice::store
