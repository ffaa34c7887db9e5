#include "cache/vector_set_index.h"

#include <algorithm>
#include <charconv>

#include "base/digest.h"
#include "store/redis_store.h"

namespace sluice::cache {

using redis::Reply;

namespace {

namespace field = search::cache_field;

// Dead elements take the places of those asked for: when that was not enough, more are asked for.
constexpr std::size_t spare_elements = 3, more_each_time = 5, most_times = 4;
// How many elements the server looks at for one answer, at least.
constexpr std::size_t least_effort = 100;
// Quantised similarities are off by .0004 at 1536 dimensions; farther down there is nothing.
constexpr double quantisation = .01;

double number_of(const Reply& reply) {
  if (reply.type == Reply::Type::number) return reply.number;
  double value = 0;
  std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), value);
  return value;
}

}  // namespace

std::string VectorSetIndex::sets_prefix() const {
  return options_.prefix() + "#vectors:" + hex(sha256(options_.space)).substr(0, 8) + ":";
}

std::string VectorSetIndex::set_of(std::string_view scope) const {
  return sets_prefix() + scope_tag(scope);
}

// --- Lookups. ---

// Ids and scores in turn, in RESP2 and RESP3. A score is (1 + cosine) / 2.
io::Async<Result<std::vector<VectorSetIndex::Candidate>>> VectorSetIndex::candidates(
    const SemanticLookup& lookup, std::size_t count, io::WaitLimit limit) {
  const RedisCall similar{{"VSIM", set_of(lookup.scope), "FP32",
                           search::vector_blob(lookup.vector.data(), lookup.vector.size()),
                           "WITHSCORES", "COUNT", std::to_string(count), "EF",
                           std::to_string(std::max(count, least_effort))}};
  CO_TRY(const Reply reply, co_await send_one(client_, similar, "look for neighbours", limit));
  std::vector<Candidate> found;
  for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2)
    found.push_back({reply.items[i].text, 2 * number_of(reply.items[i + 1]) - 1});
  co_return found;
}

io::Async<Result<std::vector<Neighbour>>> VectorSetIndex::read(
    const std::vector<Candidate>& candidates, const SemanticLookup& lookup, io::WaitLimit limit) {
  std::vector<NamedEntry> named;
  for (const Candidate& each : candidates) named.push_back({each.id, std::string(lookup.scope)});
  CO_TRY(ReadEntries read, co_await read_entries(client_, options_, named, lookup, limit));
  const std::string set = set_of(lookup.scope);
  CO_TRY([[maybe_unused]] const Done out, co_await take_out(set, read.gone, limit));
  co_return std::move(read.near);
}

io::Async<Status> VectorSetIndex::take_out(const std::string& set,
                                           const std::vector<std::string>& ids,
                                           io::WaitLimit limit) {
  if (ids.empty()) co_return Done{};
  std::vector<RedisCall> calls;
  for (const std::string& id : ids) calls.push_back({{"VREM", set, id}});
  CO_TRY([[maybe_unused]] const auto replies, co_await send_all(client_, calls, limit));
  co_return Done{};
}

io::Async<Result<std::vector<Neighbour>>> VectorSetIndex::nearest(const SemanticLookup& lookup,
                                                                  io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done fine, check_lookup(lookup, options_.dims));
  std::size_t count = lookup.count + spare_elements;
  std::vector<Neighbour> found;
  for (std::size_t times = 0; times < most_times; times++, count *= more_each_time) {
    CO_TRY(const auto near, co_await candidates(lookup, count, limit));
    CO_TRY(found, co_await read(near, lookup, limit));
    const bool is_all = near.size() < count;
    const bool is_far = !near.empty() && near.back().similarity + quantisation <
                                             static_cast<double>(lookup.least_similarity);
    if (found.size() >= lookup.count || is_all || is_far) break;
  }
  if (found.size() > lookup.count) found.resize(lookup.count);
  co_return found;
}

// --- Changes. ---

io::Async<Result<std::string>> VectorSetIndex::put(const NewSemanticEntry& entry,
                                                   io::WaitLimit limit) {
  CO_TRY([[maybe_unused]] const Done fine, check_entry(entry, options_.dims));
  CO_TRY(std::string id, co_await write_entry(client_, options_, entry, limit));
  CO_TRY([[maybe_unused]] const Done added, co_await add_to_set(entry, id, limit));
  co_return id;
}

// A set ends with the last of its entries. One without an end keeps it for good.
io::Async<Status> VectorSetIndex::add_to_set(const NewSemanticEntry& entry, const std::string& id,
                                             io::WaitLimit limit) {
  const std::string set = set_of(entry.scope);
  std::vector<RedisCall> calls;
  calls.push_back({{"VCARD", set}});
  calls.push_back(
      {{"VADD", set, "FP32", search::vector_blob(entry.vector.data(), entry.vector.size()), id,
        "CAS", "Q8"}});
  CO_TRY(const auto replies, co_await send_all(client_, calls, limit));
  for (const Reply& reply : replies)
    if (reply.is_error()) co_return fail(search::refusal(reply, "add to the vector set"));
  const bool is_new = replies[0].integer == 0;
  RedisCall end{{"PERSIST", set}};
  if (entry.ttl) end = {{"PEXPIRE", set, std::to_string(entry.ttl->count())}};
  if (entry.ttl && !is_new) end.words.emplace_back("GT");  // counts "no end" as the longest
  CO_TRY([[maybe_unused]] const Reply ends, co_await send_one(client_, end, "keep a set", limit));
  co_return Done{};
}

io::Async<Result<bool>> VectorSetIndex::erase(std::string_view id, io::WaitLimit limit) {
  const std::string name(id), key = options_.key_of(id);
  const RedisCall get{{"HGET", key, std::string(field::metadata)}};
  CO_TRY(const Reply metadata, co_await send_one(client_, get, "read an entry", limit));
  CO_TRY(const bool erased, co_await erase_hash(client_, key, limit));
  const std::string set = set_of(without_scope(metadata.text).scope);
  CO_TRY([[maybe_unused]] const Done out, co_await take_out(set, {name}, limit));
  co_return erased;
}

io::Async<Result<std::size_t>> VectorSetIndex::clear(io::WaitLimit limit) {
  store::RedisStore keys(client_, {});
  CO_TRY(const std::size_t cleared, co_await keys.clear(options_.key_of(""), limit));
  CO_TRY([[maybe_unused]] const std::size_t sets, co_await keys.clear(sets_prefix(), limit));
  co_return cleared;
}

// --- For operators. ---

io::Async<Result<IndexStats>> VectorSetIndex::stats(io::WaitLimit limit) {
  CO_TRY(const std::size_t masters, co_await client_.count_masters(limit));
  IndexStats stats;
  for (std::size_t i = 0; i < masters; i++) {
    CO_TRY(const std::size_t here, co_await count_elements(i, limit));
    stats.entries += here;
  }
  co_return stats;
}

io::Async<Result<std::size_t>> VectorSetIndex::count_elements(std::size_t master,
                                                              io::WaitLimit limit) {
  std::string cursor = "0";
  std::size_t count = 0;
  do {
    CO_TRY(KeyPage page, co_await scan_keys(client_, master, sets_prefix(), cursor, limit));
    std::vector<RedisCall> calls;
    for (const std::string& set : page.keys) calls.push_back({{"VCARD", set}});
    CO_TRY(const auto replies, co_await send_all(client_, calls, limit));
    for (const Reply& reply : replies) count += static_cast<std::size_t>(reply.integer);
    cursor = std::move(page.next);
  } while (cursor != "0");
  co_return count;
}

io::Async<Status> VectorSetIndex::check(io::WaitLimit limit) {
  const RedisCall card{{"VCARD", set_of("")}};
  CO_TRY([[maybe_unused]] const Reply reply,
         co_await send_one(client_, card, "look at a vector set", limit));
  co_return Done{};
}

}  // namespace sluice::cache
