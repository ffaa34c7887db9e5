#pragma once
// What an index of a search module (FT.*) holds, in the words of RedisVL's schemas: an index that
// is made from one opens there, and the reverse. Plain data; every member has an initialiser, so
// that compilers accept the short forms without a warning.
//
//   sluice::Schema schema{.name = "docs", .prefixes = {"docs"}};
//   schema.fields = {{.name = "title", .attributes = sluice::TextAttributes{}},
//                    {.name = "team", .attributes = sluice::TagAttributes{}},
//                    {.name = "embedding", .attributes = sluice::VectorAttributes{.dims = 384}}};
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sluice {

enum class FieldType { text, tag, numeric, geo, vector };
enum class StorageType { hash, json };
enum class VectorAlgorithm { flat, hnsw, svs_vamana };
enum class VectorType { float32, float64, float16, bfloat16, int8, uint8 };
// Distances as RediSearch gives them: 1 - cosine; the *squared* L2; 1 - inner product.
enum class DistanceMetric { cosine, l2, inner_product };

struct TextAttributes {
  std::optional<double> weight{};  // absent = 1
  bool no_stem = false;
  std::string phonetic{};  // "dm:en", "dm:fr", "dm:pt", "dm:es"; empty = none
  bool suffix_trie = false;
  bool operator==(const TextAttributes&) const = default;
};
struct TagAttributes {
  char separator = ',';  // splits stored values
  bool case_sensitive = false;
  bool suffix_trie = false;
  bool operator==(const TagAttributes&) const = default;
};
struct NumericAttributes {
  bool operator==(const NumericAttributes&) const = default;
};
struct GeoAttributes {
  bool operator==(const GeoAttributes&) const = default;
};
struct VectorAttributes {
  std::size_t dims = 0;
  VectorAlgorithm algorithm = VectorAlgorithm::flat;
  VectorType type = VectorType::float32;
  DistanceMetric metric = DistanceMetric::cosine;
  std::optional<std::size_t> initial_cap{};
  std::optional<std::size_t> block_size{};  // flat
  // hnsw. Without an epsilon none is sent, as valkey-search knows none.
  std::size_t m = 16, ef_construction = 200, ef_runtime = 10;
  std::optional<double> epsilon = 0.01;
  bool operator==(const VectorAttributes&) const = default;
};

struct Field {
  std::string name{};
  std::string path{};  // JSON storage: where the value is; empty = "$." + name
  // In the order of FieldType.
  std::variant<TextAttributes, TagAttributes, NumericAttributes, GeoAttributes, VectorAttributes>
      attributes;
  // Not for vectors, which know index_missing alone.
  bool sortable = false, unf = false, no_index = false;
  bool index_empty = false, index_missing = false;

  FieldType type() const { return static_cast<FieldType>(attributes.index()); }
  const VectorAttributes* vector() const { return std::get_if<VectorAttributes>(&attributes); }
  bool operator==(const Field&) const = default;
};

struct Schema {
  std::string name{};
  std::vector<std::string> prefixes{"rvl"};  // bytes that indexed keys begin with; the first is
                                             // that of new keys
  std::string key_separator = ":";           // between prefix and id; not part of an index
  StorageType storage = StorageType::hash;
  std::vector<Field> fields{};  // their order counts

  const Field* find(std::string_view field) const;
  // The key of a document: prefix, separator, id; just the id where the prefix is empty.
  std::string key_of(std::string_view id) const;
};

}  // namespace sluice
