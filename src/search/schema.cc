#include "search/schema.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "search/text_case.h"

namespace sluice {

const Field* Schema::find(std::string_view field) const {
  const auto found = std::ranges::find(fields, field, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::string Schema::key_of(std::string_view id) const {
  const std::string prefix = prefixes.empty() ? "" : prefixes.front();
  return prefix.empty() ? std::string(id) : prefix + key_separator + std::string(id);
}

namespace search {
namespace {

constexpr std::array field_types{"TEXT", "TAG", "NUMERIC", "GEO", "VECTOR"};
constexpr std::array storage_types{"HASH", "JSON"};
constexpr std::array algorithms{"FLAT", "HNSW", "SVS-VAMANA"};
constexpr std::array vector_types{"FLOAT32", "FLOAT64", "FLOAT16", "BFLOAT16", "INT8", "UINT8"};
constexpr std::array metrics{"COSINE", "L2", "IP"};
constexpr std::array phonetic_matchers{"dm:en", "dm:fr", "dm:pt", "dm:es"};

template <class Enum, std::size_t n>
std::optional<Enum> find_name(const std::array<const char*, n>& names, std::string_view name) {
  for (std::size_t i = 0; i < n; i++) {
    if (equal_ignoring_case(names[i], name)) return static_cast<Enum>(i);
  }
  return {};
}

template <class Enum, std::size_t n>
std::string_view name_in(const std::array<const char*, n>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

Failure bad_field(const Field& field, std::string what) {
  return fail(client_error("field `" + field.name + "`: " + std::move(what), field.name));
}

Status check_vector(const Field& field, const VectorAttributes& vector) {
  if (vector.dims == 0) return bad_field(field, "dims must be a positive number");
  if (vector.algorithm == VectorAlgorithm::hnsw && (vector.m == 0 || vector.ef_construction == 0))
    return bad_field(field, "m and ef_construction must be positive");
  return Done{};
}

Status check_field(const Field& field) {
  if (field.name.empty()) return fail(client_error("a field of the schema has no name"));
  if (const auto* vector = field.vector()) return check_vector(field, *vector);
  const auto* text = std::get_if<TextAttributes>(&field.attributes);
  if (text == nullptr) return Done{};
  if (text->weight && !(std::isfinite(*text->weight) && *text->weight >= 0))
    return bad_field(field, "weight must be a number that is not negative");
  if (!text->phonetic.empty() &&
      std::ranges::find(phonetic_matchers, text->phonetic) == phonetic_matchers.end())
    return bad_field(field, "phonetic_matcher must be dm:en, dm:fr, dm:pt or dm:es");
  return Done{};
}

std::string vector_difference(const VectorAttributes& wanted, const VectorAttributes& existing) {
  if (wanted.dims != existing.dims) {
    return "has " + std::to_string(existing.dims) + " dimensions instead of " +
           std::to_string(wanted.dims);
  }
  if (wanted.algorithm != existing.algorithm)
    return "uses " + std::string(name_of(existing.algorithm));
  if (wanted.type != existing.type) return "holds " + std::string(name_of(existing.type));
  if (wanted.metric != existing.metric) return "measures " + std::string(name_of(existing.metric));
  return {};
}

std::string field_difference(const Field& wanted, const Field& existing) {
  const std::string field = "field `" + existing.name + "` ";
  if (wanted.name != existing.name)
    return "field `" + existing.name + "` is where `" + wanted.name + "` should be";
  if (wanted.type() != existing.type())
    return field + "is " + std::string(name_of(existing.type())) + " instead of " +
           std::string(name_of(wanted.type()));
  if (const auto* vector = wanted.vector()) {
    const std::string what = vector_difference(*vector, *existing.vector());
    return what.empty() ? what : field + what;
  }
  if (wanted.sortable != existing.sortable)
    return field + (existing.sortable ? "is sortable" : "is not sortable");
  return {};
}

}  // namespace

std::string_view name_of(FieldType type) { return name_in(field_types, type); }
std::string_view name_of(StorageType type) { return name_in(storage_types, type); }
std::string_view name_of(VectorAlgorithm algorithm) { return name_in(algorithms, algorithm); }
std::string_view name_of(VectorType type) { return name_in(vector_types, type); }
std::string_view name_of(DistanceMetric metric) { return name_in(metrics, metric); }

std::optional<FieldType> field_type(std::string_view name) {
  return find_name<FieldType>(field_types, name);
}
std::optional<StorageType> storage_type(std::string_view name) {
  return find_name<StorageType>(storage_types, name);
}
std::optional<VectorAlgorithm> vector_algorithm(std::string_view name) {
  return find_name<VectorAlgorithm>(algorithms, name);
}
std::optional<VectorType> vector_type(std::string_view name) {
  return find_name<VectorType>(vector_types, name);
}
std::optional<DistanceMetric> distance_metric(std::string_view name) {
  return find_name<DistanceMetric>(metrics, name);
}

std::size_t size_of(VectorType type) {
  switch (type) {
    case VectorType::float64: return 8;
    case VectorType::float32: return 4;
    case VectorType::float16:
    case VectorType::bfloat16: return 2;
    case VectorType::int8:
    case VectorType::uint8: return 1;
  }
  return 4;
}

Status check(const Schema& schema) {
  if (schema.name.empty()) return fail(client_error("the index needs a name", "name"));
  if (schema.prefixes.empty()) return fail(client_error("the index needs a prefix", "prefix"));
  if (schema.fields.empty()) return fail(client_error("no fields defined for the index", "fields"));
  std::set<std::string_view> names;
  for (const Field& field : schema.fields) {
    TRY(const Done checked, check_field(field));
    (void)checked;
    if (!names.insert(field.name).second) return bad_field(field, "is there twice");
  }
  return Done{};
}

std::string difference(const Schema& wanted, const Schema& existing) {
  if (wanted.prefixes != existing.prefixes) {
    return "the prefix is `" + (existing.prefixes.empty() ? "" : existing.prefixes.front()) +
           "` instead of `" + (wanted.prefixes.empty() ? "" : wanted.prefixes.front()) + "`";
  }
  if (wanted.storage != existing.storage)
    return "documents are " + std::string(name_of(existing.storage));
  const std::size_t both = std::min(wanted.fields.size(), existing.fields.size());
  for (std::size_t i = 0; i < both; i++) {
    if (auto what = field_difference(wanted.fields[i], existing.fields[i]); !what.empty())
      return what;
  }
  if (existing.fields.size() > both) return "field `" + existing.fields[both].name + "` is extra";
  if (wanted.fields.size() > both) return "field `" + wanted.fields[both].name + "` is missing";
  return {};
}

}  // namespace search
}  // namespace sluice
