#include "cache/redis_index_entry.h"

#include <algorithm>

#include "base/digest.h"
#include "base/json_scan.h"
#include "base/json_write.h"

namespace sluice::cache {
namespace {

namespace field = search::cache_field;

constexpr std::string_view scope_field = "sluice_scope";
// Redis takes no longer one, which is as good as none.
constexpr Milliseconds longest_ttl = std::chrono::hours(24 * 365 * 100);

// The fields of an object but for the scope, each as `"name": value`, after what `out` has.
void append_others(std::string& out, const JsonFields& fields) {
  for (const JsonField& each : fields) {
    if (each.key == scope_field || !fields.counts(each)) continue;
    if (out.size() > 1) out += ", ";
    append_json_string(out, each.key);
    out += ": ";
    out += each.value;
  }
}

}  // namespace

std::string with_scope(std::string_view metadata, std::string_view scope) {
  std::string out = "{\"" + std::string(scope_field) + "\": ";
  append_json_string(out, scope);
  JsonFields fields;
  if (!scan_json_object(metadata, fields)) append_others(out, fields);
  return out += "}";
}

ScopedMetadata without_scope(std::string_view stored) {
  JsonFields fields;
  if (stored.empty() || scan_json_object(stored, fields)) return {};
  ScopedMetadata found;
  if (const JsonField* scope = fields.find(scope_field);
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

std::vector<RedisCall> write_hash(const HashWrite& write) {
  const NewSemanticEntry& entry = write.entry;
  const std::string blob = search::vector_blob(entry.vector.data(), entry.vector.size());
  const double now = unix_seconds();
  std::vector<RedisCall> calls;
  calls.push_back({{"UNLINK", write.key}});
  calls.push_back(
      {search::store_entry(write.key, {.prompt = entry.prompt,
                                       .response = entry.response,
                                       .vector = blob,
                                       .id = write.id,
                                       .inserted_at = now,
                                       .updated_at = now,
                                       .metadata = with_scope(entry.metadata, entry.scope),
                                       .filters = write.filters})});
  if (entry.ttl && *entry.ttl < longest_ttl)
    calls.push_back({{"PEXPIRE", write.key, std::to_string(entry.ttl->count())}});
  return calls;
}

std::string scope_tag(std::string_view scope) { return hex(sha256(scope)).substr(0, 32); }

}  // namespace sluice::cache
