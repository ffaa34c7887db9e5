#include "cache/embedded_index.h"

#include <algorithm>
#include <limits>

#include "base/digest.h"
#include "base/log.h"
#include "base/unix_time.h"
#include "cache/semantic_frame.h"
#include "search/cache_layout.h"

namespace sluice::cache {

using vector::FlatIndex;
using vector::Moment;

namespace {

// Of the tables around an entry and around a scope; measured with 50,000 entries in one scope and
// with as many scopes.
constexpr std::size_t entry_overhead = 600, scope_overhead = 1100;
// A put never spends more than this on what has ended meanwhile.
constexpr std::size_t ends_at_once = 64;
constexpr Milliseconds flush_patience{5000};

std::size_t bytes_of(const SemanticEntry& entry, std::size_t dims) {
  return entry_overhead + sizeof entry + entry.id.size() + entry.scope.size() +
         entry.prompt.size() + entry.response.size() + entry.metadata.size() +
         dims * sizeof(vector::Half) + dims / 8;
}

}  // namespace

Moment end_after(Moment now, std::optional<Milliseconds> ttl) {
  if (!ttl || *ttl >= vector::never_ends - now) return vector::never_ends;
  return now + *ttl;
}

EmbeddedIndex::EmbeddedIndex(Options options)
    : options_(std::move(options)),
      disk_prefix_("semantic:" + hex(sha256(options_.space)).substr(0, 16) + ":"),
      queue_(options_.capacity_bytes) {}

Result<std::shared_ptr<EmbeddedIndex>> EmbeddedIndex::open(Options options) {
  std::shared_ptr<EmbeddedIndex> index(new EmbeddedIndex(std::move(options)));
  TRY([[maybe_unused]] const Done loaded, index->load());
  return index;
}

Moment EmbeddedIndex::now() const { return vector::moment_of(options_.clock()); }

// --- Lookups. ---

Result<std::vector<Neighbour>> EmbeddedIndex::find(const SemanticLookup& lookup) const {
  TRY([[maybe_unused]] const Done fine, check_lookup(lookup, options_.dims));
  std::vector<Neighbour> found;
  const Scope scope = scopes_.find(std::string(lookup.scope));
  if (scope == nullptr) return found;
  for (const vector::Hit& hit : scope->nearest(lookup.vector, lookup.count, now())) {
    if (hit.cosine < lookup.least_similarity) break;
    if (Entry entry = rows_.find(hit.id)) found.push_back({std::move(entry), hit.cosine});
  }
  return found;
}

void EmbeddedIndex::used(const Neighbour& neighbour) { used(neighbour.entry->id); }

void EmbeddedIndex::used(std::string_view id) {
  const Entry entry = ids_.find(std::string(id));
  if (entry == nullptr) return;
  if (entry->served.load(std::memory_order_relaxed) < std::numeric_limits<std::uint8_t>::max() / 2)
    entry->served.fetch_add(1, std::memory_order_relaxed);
}

// --- Changes. ---

Result<std::string> EmbeddedIndex::keep(const NewSemanticEntry& entry) {
  TRY([[maybe_unused]] const Done fine, check_entry(entry, options_.dims));
  const double seconds = unix_seconds(options_.clock());
  SemanticEntry stored{.id = search::entry_id(entry.prompt, {{"", std::string(entry.scope)}}),
                       .scope = std::string(entry.scope),
                       .prompt = std::string(entry.prompt),
                       .response = std::string(entry.response),
                       .metadata = std::string(entry.metadata),
                       .inserted_at = seconds,
                       .updated_at = seconds};
  std::string id = stored.id;
  const std::lock_guard in_order(disk_order_);
  write_to_disk(stored, entry);
  if (!take({std::move(stored), entry.vector, end_after(now(), entry.ttl)})) erase_from_disk(id);
  erase_evicted_from_disk();
  return id;
}

bool EmbeddedIndex::take(Arrived arrived) {
  if (!check_lookup({.vector = arrived.vector}, options_.dims)) return false;
  const std::lock_guard lock(writing_);
  if (const Entry before = ids_.find(arrived.entry.id)) remove_entry(before);
  return add(std::move(arrived));
}

bool EmbeddedIndex::add(Arrived arrived) {
  end_what_is_over(ends_at_once);
  const std::size_t bytes = bytes_of(arrived.entry, options_.dims);
  if (bytes > queue_.capacity() / 8 || arrived.ends <= now()) return false;
  auto entry = std::make_shared<EmbeddedEntry>();
  static_cast<SemanticEntry&>(*entry) = std::move(arrived.entry);
  entry->row = next_row_++;
  entry->ends = arrived.ends;
  entry->bytes = bytes;
  Scope scope = scopes_.find(entry->scope);
  if (scope == nullptr) {
    scope = std::make_shared<FlatIndex>(options_.dims);
    scopes_.put(entry->scope, scope);
    entry->bytes += scope_overhead;  // on the account of the first
  }
  rows_.put(entry->row, entry);  // before a reader can find the row
  ids_.put(entry->id, entry);
  if (entry->ends != vector::never_ends) ends_.emplace(entry->ends, entry->row);
  scope->insert(entry->row, arrived.vector, entry->ends);
  queue_.add(std::move(entry));
  make_room();
  return true;
}

void EmbeddedIndex::remove_entry(const Entry& entry) {
  queue_.remove(*entry);
  forget(entry);
}

// One that is not in the queue.
void EmbeddedIndex::forget(const Entry& entry) {
  if (const Scope scope = scopes_.find(entry->scope)) {
    scope->erase(entry->row);
    if (scope->size() == 0) scopes_.erase(entry->scope);
  }
  rows_.erase(entry->row);
  ids_.erase(entry->id);
  ends_.erase({entry->ends, entry->row});
}

void EmbeddedIndex::make_room() {
  while (const Entry surplus = queue_.take_surplus()) {
    forget(surplus);
    if (options_.disk != nullptr) evicted_ids_.push_back(surplus->id);
    evicted_++;
  }
}

// The disk ends its entries by itself.
void EmbeddedIndex::end_what_is_over(std::size_t most) {
  const Moment time = now();
  while (most-- > 0 && !ends_.empty() && ends_.begin()->first <= time) {
    remove_entry(rows_.find(ends_.begin()->second));
    expired_++;
  }
}

bool EmbeddedIndex::remove(std::string_view id) {
  const std::lock_guard in_order(disk_order_);
  if (!drop(std::string(id))) return false;
  erase_from_disk(std::string(id));
  return true;
}

bool EmbeddedIndex::drop(const std::string& id) {
  const std::lock_guard lock(writing_);
  const Entry entry = ids_.find(id);
  if (entry == nullptr) return false;
  remove_entry(entry);
  return entry->ends > now();
}

std::size_t EmbeddedIndex::remove_all() {
  std::size_t removed = 0;
  for (const std::string& id : ids()) removed += remove(id);
  return removed;
}

std::vector<std::string> EmbeddedIndex::ids() {
  const std::lock_guard lock(writing_);
  return ids_.keys();
}

IndexStats EmbeddedIndex::count() {
  const std::lock_guard lock(writing_);
  end_what_is_over(std::numeric_limits<std::size_t>::max());
  return {.entries = rows_.size(),
          .bytes = queue_.bytes(),
          .capacity_bytes = queue_.capacity(),
          .evicted = evicted_,
          .expired = expired_};
}

// --- The disk. ---

void EmbeddedIndex::write_to_disk(const SemanticEntry& entry, const NewSemanticEntry& from) {
  if (options_.disk == nullptr) return;
  const auto bytes =
      std::make_shared<const std::string>(encode_frame(entry, options_.space, from.vector));
  const Status kept = options_.disk->keep(disk_prefix_ + entry.id, bytes, from.ttl);
  if (!kept)
    log(LogLevel::warn, "a semantic entry is kept in memory only",
        {{"reason", kept.error().message}});
}

void EmbeddedIndex::erase_from_disk(const std::string& id) {
  if (options_.disk == nullptr) return;
  const auto removed = options_.disk->remove(disk_prefix_ + id);
  if (!removed)
    log(LogLevel::warn, "a semantic entry could not be erased from the disk",
        {{"reason", removed.error().message}});
}

void EmbeddedIndex::erase_evicted_from_disk() {
  std::vector<std::string> ids;
  {
    const std::lock_guard lock(writing_);
    ids.swap(evicted_ids_);
  }
  for (const std::string& id : ids) erase_from_disk(id);
}

Status EmbeddedIndex::load() {
  if (options_.disk == nullptr) return Done{};
  std::size_t unreadable = 0;
  const auto visit = [&](std::string_view key, std::string_view bytes,
                         std::optional<WallTime> end) {
    auto frame = decode_frame(bytes);
    if (!frame || frame->space != options_.space || frame->vector.size() != options_.dims) {
      unreadable++;
      return;
    }
    frame->entry.id = key.substr(disk_prefix_.size());
    const Moment ends = end ? vector::moment_of(*end) : vector::never_ends;
    take({std::move(frame->entry), frame->vector, ends});
  };
  // What another user of the same store has just put there, for one before a reload.
  const Status written = options_.disk->flush(flush_patience);
  if (!written)
    log(LogLevel::warn, "the semantic index may lack what was kept last",
        {{"reason", written.error().message}});
  TRY([[maybe_unused]] const Done read, options_.disk->for_each(disk_prefix_, visit));
  erase_evicted_from_disk();
  if (unreadable > 0)
    log(LogLevel::warn, "entries on disk are of no use to the semantic index and were left alone",
        {{"entries", std::to_string(unreadable)}});
  return Done{};
}

// --- As coroutines. ---

io::Async<Result<std::vector<Neighbour>>> EmbeddedIndex::nearest(const SemanticLookup& lookup,
                                                                 io::WaitLimit) {
  co_return find(lookup);
}
io::Async<Result<std::string>> EmbeddedIndex::put(const NewSemanticEntry& entry, io::WaitLimit) {
  co_return keep(entry);
}
io::Async<Result<bool>> EmbeddedIndex::erase(std::string_view id, io::WaitLimit) {
  co_return remove(id);
}
io::Async<Result<std::size_t>> EmbeddedIndex::clear(io::WaitLimit) { co_return remove_all(); }
io::Async<Result<IndexStats>> EmbeddedIndex::stats(io::WaitLimit) { co_return count(); }
io::Async<Status> EmbeddedIndex::check(io::WaitLimit limit) {
  if (options_.disk != nullptr) co_return co_await options_.disk->check(limit);
  co_return Done{};
}

}  // namespace sluice::cache
