#include "search/cache_layout.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/json_write.h"

namespace sluice::search {

Schema cache_schema(std::string name, std::size_t dims, std::vector<Field> filterable,
                    VectorType type) {
  Schema schema{.name = name, .prefixes = {std::move(name)}};
  const auto add = [&](std::string_view field, auto attributes) {
    schema.fields.push_back({.name = std::string(field), .attributes = attributes});
  };
  add(cache_field::prompt, TextAttributes{});
  add(cache_field::response, TextAttributes{});
  add(cache_field::inserted_at, NumericAttributes{});
  add(cache_field::updated_at, NumericAttributes{});
  add(cache_field::vector, VectorAttributes{.dims = dims, .type = type});
  std::ranges::move(filterable, std::back_inserter(schema.fields));
  return schema;
}

std::string cache_obstacle(const Schema& wanted, const Schema& existing) {
  const auto covers = [&](const std::string& prefix) {
    return wanted.key_of("").starts_with(prefix);
  };
  if (!std::ranges::any_of(existing.prefixes, covers))
    return "the index does not cover keys that begin with `" + wanted.key_of("") + "`";
  if (existing.storage != wanted.storage)
    return "its documents are " + std::string(name_of(existing.storage));
  for (const Field& field : wanted.fields) {
    const Field* there = existing.find(field.name);
    if (there == nullptr) return "field `" + field.name + "` is missing";
    if (there->type() != field.type())
      return "field `" + field.name + "` is " + std::string(name_of(there->type()));
    const auto *vector = field.vector(), *other = there->vector();
    if (vector == nullptr) continue;
    if (vector->dims != other->dims)
      return "field `" + field.name + "` has " + std::to_string(other->dims) +
             " dimensions instead of " + std::to_string(vector->dims);
    if (vector->type != other->type || vector->metric != other->metric)
      return "field `" + field.name + "` is " + std::string(name_of(other->type)) + " " +
             std::string(name_of(other->metric));
  }
  return {};
}

bool is_cache_key(std::string_view cache, std::string_view key) {
  return key.size() > cache.size() && key.starts_with(cache) && key[cache.size()] == ':';
}

std::string entry_id(std::string_view prompt, std::vector<NamedText> filters) {
  std::ranges::sort(filters, {}, &NamedText::first);
  std::string content(prompt);
  for (std::size_t i = 0; i < filters.size(); i++) {
    if (i > 0) content += ' ';
    content += filters[i].first + filters[i].second;
  }
  return hex(sha256(content));
}

Arguments store_entry(std::string_view key, const CacheEntry& entry) {
  Arguments args{"HSET", std::string(key)};
  const auto add = [&](std::string_view name, std::string_view value) {
    args.emplace_back(name);
    args.emplace_back(value);
  };
  add(cache_field::entry_id, entry.id);
  add(cache_field::prompt, entry.prompt);
  add(cache_field::response, entry.response);
  add(cache_field::vector, entry.vector);
  add(cache_field::inserted_at, timestamp(entry.inserted_at));
  add(cache_field::updated_at, timestamp(entry.updated_at));
  if (entry.metadata) add(cache_field::metadata, *entry.metadata);
  for (const auto& [name, value] : entry.filters) add(name, value);
  return args;
}

std::vector<std::string> returned_fields(const Schema& cache) {
  std::vector<std::string> names;
  for (const auto name : {cache_field::entry_id, cache_field::prompt, cache_field::response,
                          cache_field::inserted_at, cache_field::updated_at, cache_field::metadata})
    names.emplace_back(name);
  for (const Field& field : cache.fields) {
    if (field.vector() == nullptr && std::ranges::find(names, field.name) == names.end())
      names.push_back(field.name);
  }
  return names;
}

std::string timestamp(double unix_seconds) {
  std::string out;
  append_json_double(out, unix_seconds);
  return out;
}

bool is_reserved(std::string_view field) {
  constexpr std::array names{cache_field::entry_id,   cache_field::prompt,
                             cache_field::response,   cache_field::inserted_at,
                             cache_field::updated_at, cache_field::metadata,
                             cache_field::vector,     std::string_view("key")};
  return std::ranges::find(names, field) != names.end();
}

}  // namespace sluice::search
