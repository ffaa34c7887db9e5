#include "cache/redis_index_entry.h"

#include <algorithm>

#include "base/digest.h"
#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/unix_time.h"

namespace sluice::cache {
namespace {

namespace field = search::cache_field;

constexpr std::string_view scope_in_metadata = "sluice_scope";
// Redis takes no longer one, which is as good as none.
constexpr Milliseconds longest_ttl = std::chrono::hours(24 * 365 * 100);

// The fields of an object but for the scope, each as `"name": value`, after what `out` has.
void append_others(std::string& out, const JsonFields& fields) {
  for (const JsonField& each : fields) {
    if (each.key == scope_in_metadata || !fields.counts(each)) continue;
    if (out.size() > 1) out += ", ";
    append_json_string(out, each.key);
    out += ": ";
    out += each.value;
  }
}

}  // namespace

std::string with_scope(std::string_view metadata, std::string_view scope) {
  std::string out = "{\"" + std::string(scope_in_metadata) + "\": ";
  append_json_string(out, scope);
  JsonFields fields;
  if (!scan_json_object(metadata, fields)) append_others(out, fields);
  return out += "}";
}

ScopedMetadata without_scope(std::string_view stored) {
  JsonFields fields;
  if (stored.empty() || scan_json_object(stored, fields)) return {};
  ScopedMetadata found;
  if (const JsonField* scope = fields.find(scope_in_metadata);
      scope != nullptr && scope->type == JsonType::string)
    found.scope = json_unescape(scope->value);
  std::string rest = "{";
  append_others(rest, fields);
  if (rest.size() > 1) found.metadata = rest + "}";
  return found;
}

std::optional<HashEntry> read_hash(const search::Document& hash, std::size_t dims) {
  const auto prompt = hash.find(field::prompt), response = hash.find(field::response);
  const auto blob = hash.find(field::vector);
  if (!prompt || !response || !blob) return std::nullopt;
  HashEntry found{.vector = search::vector_of_blob(*blob)};
  if (found.vector.size() != dims) return std::nullopt;
  auto scoped = without_scope(hash.find(field::metadata).value_or(""));
  found.entry = {.scope = std::move(scoped.scope),
                 .prompt = std::string(*prompt),
                 .response = std::string(*response),
                 .metadata = std::move(scoped.metadata),
                 .inserted_at = hash.number(field::inserted_at).value_or(0),
                 .updated_at = hash.number(field::updated_at).value_or(0)};
  return found;
}

std::optional<Neighbour> as_neighbour(HashEntry hash, std::string id,
                                      const SemanticLookup& lookup) {
  const auto similarity = cosine_of(lookup.vector, hash.vector);
  if (!similarity || *similarity < lookup.least_similarity) return std::nullopt;
  hash.entry.id = std::move(id);
  return Neighbour{std::make_shared<const SemanticEntry>(std::move(hash.entry)), *similarity};
}

io::Async<Result<ReadEntries>> read_entries(redis::Client& client, const RedisIndexOptions& options,
                                            const std::vector<NamedEntry>& named,
                                            const SemanticLookup& lookup, io::WaitLimit limit) {
  std::vector<RedisCall> calls;
  for (const NamedEntry& each : named) calls.push_back({{"HGETALL", options.key_of(each.id)}});
  CO_TRY(const auto replies, co_await send_all(client, calls, limit));
  ReadEntries read;
  for (std::size_t i = 0; i < replies.size(); i++) {
    auto fields = search::parse_hash(replies[i]);
    if (!fields) co_return fail(search::refusal(replies[i], "read an entry"));
    auto hash = read_hash({.fields = std::move(*fields)}, options.dims);
    if (!hash || hash->entry.scope != named[i].scope) {
      read.gone.push_back(named[i].id);
      continue;
    }
    auto neighbour = as_neighbour(std::move(*hash), named[i].id, lookup);
    if (neighbour) read.near.push_back(std::move(*neighbour));
  }
  std::ranges::sort(read.near, std::greater(), &Neighbour::similarity);
  co_return read;
}

namespace {

// Replaces all that is under the key, its end too.
std::vector<RedisCall> write_calls(const RedisIndexOptions& options, const NewSemanticEntry& entry,
                                   const std::string& id) {
  const std::string key = options.key_of(id);
  const std::string blob = search::vector_blob(entry.vector.data(), entry.vector.size());
  const double now = unix_seconds();
  search::CacheEntry stored{.prompt = entry.prompt,
                            .response = entry.response,
                            .vector = blob,
                            .id = id,
                            .inserted_at = now,
                            .updated_at = now,
                            .metadata = with_scope(entry.metadata, entry.scope)};
  if (options.layout == IndexLayout::own)
    stored.filters.emplace_back(scope_field, scope_tag(entry.scope));
  std::vector<RedisCall> calls;
  calls.push_back({{"UNLINK", key}});
  calls.push_back({search::store_entry(key, stored)});
  if (entry.ttl && *entry.ttl < longest_ttl)
    calls.push_back({{"PEXPIRE", key, std::to_string(entry.ttl->count())}});
  return calls;
}

// Whether the id of the prompt alone is free, or that of an entry of this scope.
io::Async<Result<bool>> may_take(redis::Client& client, std::string key, std::string_view scope,
                                 io::WaitLimit limit) {
  const RedisCall get{
      {"HMGET", std::move(key), std::string(field::entry_id), std::string(field::metadata)}};
  CO_TRY(const redis::Reply reply, co_await send_one(client, get, "read an entry", limit));
  if (reply.items.size() != 2) co_return false;
  const bool is_free = reply.items[0].is_nil() && reply.items[1].is_nil();
  co_return is_free || without_scope(reply.items[1].text).scope == scope;
}

}  // namespace

io::Async<Result<std::string>> write_entry(redis::Client& client, const RedisIndexOptions& options,
                                           const NewSemanticEntry& entry, io::WaitLimit limit) {
  const std::string scoped = search::entry_id(entry.prompt, {{"", std::string(entry.scope)}});
  std::string id = scoped;
  if (options.layout == IndexLayout::shared) {
    const std::string plain = search::entry_id(entry.prompt);
    CO_TRY(const bool is_ours,
           co_await may_take(client, options.key_of(plain), entry.scope, limit));
    if (is_ours) id = plain;
  }
  auto calls = write_calls(options, entry, id);
  CO_TRY([[maybe_unused]] const Done written,
         co_await send_together(client, std::move(calls), options.is_cluster, "write an entry",
                                limit));
  if (id == scoped) co_return id;
  // An older answer, from when somebody else had the plain id.
  const std::string older = options.key_of(scoped);
  CO_TRY([[maybe_unused]] const bool erased, co_await erase_hash(client, older, limit));
  co_return id;
}

io::Async<Result<bool>> erase_hash(redis::Client& client, const std::string& key,
                                   io::WaitLimit limit) {
  const RedisCall unlink{{"UNLINK", key}};
  CO_TRY(const redis::Reply reply, co_await send_one(client, unlink, "erase an entry", limit));
  co_return reply.integer > 0;
}

std::string RedisIndexOptions::prefix() const {
  return layout == IndexLayout::shared ? name : name + ":" + hex(sha256(space)).substr(0, 8);
}

std::string scope_tag(std::string_view scope) { return hex(sha256(scope)).substr(0, 32); }

}  // namespace sluice::cache
