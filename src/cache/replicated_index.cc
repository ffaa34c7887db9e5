#include "cache/replicated_index.h"

#include <algorithm>

#include "base/log.h"
#include "store/redis_store.h"

namespace sluice::cache {

using redis::Reply;

namespace {

// Candidates whose hash is gone take the places of others.
constexpr std::size_t spare_candidates = 2, most_rounds = 4;

}  // namespace

Result<std::shared_ptr<Replica>> Replica::make(std::size_t dims, std::size_t capacity_bytes) {
  TRY(auto vectors, EmbeddedIndex::open({.dims = dims, .capacity_bytes = capacity_bytes}));
  return std::shared_ptr<Replica>(new Replica(std::move(vectors)));
}

void Replica::say_once(std::string_view index, const RedisIndexOptions& options) {
  if (said_.exchange(true)) return;
  log(LogLevel::info, "semantic matching is on", {{"index", index}, {"name", options.prefix()}});
  if (options.layout == IndexLayout::shared && index != "search")
    log(LogLevel::warn, "the Redis has no search module: RedisVL and LiteLLM can't use it either");
}

ReplicatedIndex::ReplicatedIndex(Parts parts)
    : p_(std::move(parts)), follower_(p_.loop, p_.connector, p_.redis), log_(log_key(p_.options)) {
  follow();
}

ReplicatedIndex::~ReplicatedIndex() {
  stopped_ = true;
  stop_.cancel();
  if (leading_) p_.replica->leave();
}

// --- Lookups. ---

std::vector<Neighbour> ReplicatedIndex::candidates(const SemanticLookup& lookup) const {
  SemanticLookup wider = lookup;
  wider.count += spare_candidates;
  auto found = p_.replica->vectors().find(wider).value();
  if (!lookup.foreign_too) return found;
  wider.scope = "";
  auto foreign = p_.replica->vectors().find(wider).value();
  std::ranges::move(foreign, std::back_inserter(found));
  std::ranges::sort(found, std::greater(), &Neighbour::similarity);
  if (found.size() > wider.count) found.resize(wider.count);
  return found;
}

// The entries themselves. A candidate without a hash is forgotten.
io::Async<Result<std::vector<Neighbour>>> ReplicatedIndex::read(
    const std::vector<Neighbour>& candidates, const SemanticLookup& lookup, io::WaitLimit limit) {
  std::vector<NamedEntry> named;
  for (const Neighbour& each : candidates) named.push_back({each.entry->id, each.entry->scope});
  CO_TRY(ReadEntries read, co_await read_entries(p_.client, p_.options, named, lookup, limit));
  for (const std::string& id : read.gone) p_.replica->vectors().remove(id);
  co_return std::move(read.near);
}

io::Async<Result<std::vector<Neighbour>>> ReplicatedIndex::nearest(const SemanticLookup& lookup,
                                                                   io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done fine, check_lookup(lookup, p_.options.dims));
  std::vector<Neighbour> found;
  for (std::size_t round = 0; round < most_rounds; round++) {
    const auto near = candidates(lookup);
    if (near.empty()) break;
    CO_TRY(found, co_await read(near, lookup, limit));
    if (found.size() == near.size() || found.size() >= lookup.count) break;
  }
  if (found.size() > lookup.count) found.resize(lookup.count);
  co_return found;
}

void ReplicatedIndex::used(const Neighbour& neighbour) {
  p_.replica->vectors().used(neighbour.entry->id);
}

// --- Changes. ---

io::Async<Status> ReplicatedIndex::tell(Change change, io::WaitLimit limit) {
  const RedisCall append = append_change(log_, change);
  CO_TRY([[maybe_unused]] const Reply told,
         co_await send_one(p_.client, append, "tell other gateways of a change", limit));
  co_return Done{};
}

io::Async<Result<std::string>> ReplicatedIndex::put(const NewSemanticEntry& entry,
                                                    io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done fine, check_entry(entry, p_.options.dims));
  CO_TRY(std::string id, co_await write_entry(p_.client, p_.options, entry, limit));
  p_.replica->vectors().take({.entry = {.id = id, .scope = std::string(entry.scope)},
                              .vector = entry.vector,
                              .ends = end_after(vector::this_moment(), entry.ttl)});
  CO_TRY([[maybe_unused]] const Done told, co_await tell({Change::What::put, id}, limit));
  co_return id;
}

io::Async<Result<bool>> ReplicatedIndex::erase(std::string_view id, io::WaitLimit limit) {
  const std::string name(id), key = p_.options.key_of(id);
  p_.replica->vectors().remove(id);
  CO_TRY(const bool erased, co_await erase_hash(p_.client, key, limit));
  CO_TRY([[maybe_unused]] const Done told, co_await tell({Change::What::erase, name}, limit));
  co_return erased;
}

io::Async<Result<std::size_t>> ReplicatedIndex::clear(io::WaitLimit limit) {
  store::RedisStore keys(p_.client, {});
  CO_TRY(const std::size_t cleared, co_await keys.clear(p_.options.key_of(""), limit));
  p_.replica->vectors().remove_all();
  CO_TRY([[maybe_unused]] const Done told, co_await tell({Change::What::clear, {}}, limit));
  co_return cleared;
}

// --- For operators. ---

io::Async<Result<IndexStats>> ReplicatedIndex::stats(io::WaitLimit) {
  co_return p_.replica->vectors().count();
}

io::Async<Status> ReplicatedIndex::check(io::WaitLimit limit) {
  const RedisCall newest = read_newest(log_);
  CO_TRY([[maybe_unused]] const Reply reply,
         co_await send_one(p_.client, newest, "read the changes of other gateways", limit));
  if (!p_.replica->is_ready())
    co_return fail(gateway_error("the semantic index is still being read from the Redis"));
  co_return Done{};
}

}  // namespace sluice::cache
