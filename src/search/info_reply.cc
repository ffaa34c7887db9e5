// FT.INFO:
//   [index_name n, index_options [..], index_definition [key_type HASH, prefixes [..], ..],
//    attributes [[identifier i, attribute a, type T, option value, FLAG, …], …], num_docs 2, …]
// RESP3 has maps with the same names and gathers the flags under `flags`. valkey-search keeps the
// numbers of a vector under `index` and `algorithm`; RediSearch 2.4 prints them as FT.CREATE takes
// them.
#include <array>
#include <charconv>
#include <utility>

#include "search/replies.h"
#include "search/reply_shape.h"
#include "search/text_case.h"

namespace sluice::search {
namespace {

using redis::Reply;

constexpr std::array flags{"NOSTEM",  "CASESENSITIVE", "SORTABLE",     "UNF",
                           "NOINDEX", "INDEXEMPTY",    "INDEXMISSING", "WITHSUFFIXTRIE"};

bool is_flag(std::string_view word) {
  return std::ranges::any_of(flags, [&](auto flag) { return equal_ignoring_case(flag, word); });
}

std::vector<std::string> texts(const Reply* reply) {
  std::vector<std::string> out;
  if (reply == nullptr) return out;
  for (const Reply& item : reply->items) {
    if (auto text = scalar(item)) out.push_back(std::move(*text));
  }
  return out;
}

// Reads what follows the type: flags stand alone, all else in pairs; groups are looked into.
void append_options(const std::vector<Reply>& words, std::size_t from, IndexAttribute& attribute) {
  for (std::size_t i = from; i < words.size(); i++) {
    const auto word = scalar(words[i]);
    if (!word) continue;
    if (is_flag(*word)) {
      attribute.options.emplace_back(*word, std::nullopt);
      continue;
    }
    if (i + 1 == words.size()) break;
    const Reply& value = words[++i];
    if (equal_ignoring_case(*word, "flags")) {
      for (auto& flag : texts(&value))
        attribute.options.emplace_back(std::move(flag), std::nullopt);
    } else if (is_group(value)) {
      append_options(value.items, 0, attribute);
    } else if (auto text = scalar(value)) {
      attribute.options.emplace_back(*word, std::move(*text));
    }
  }
}

constexpr std::array heading{"identifier", "attribute", "type"};

Result<IndexAttribute> parse_attribute(const Reply& reply) {
  const auto& words = reply.items;
  IndexAttribute attribute;
  const std::array parts{&attribute.identifier, &attribute.attribute, &attribute.type};
  if (!is_group(reply) || words.size() < 2 * heading.size()) return strange("FT.INFO");
  for (std::size_t i = 0; i < heading.size(); i++) {
    const auto value = scalar(words[2 * i + 1]);
    if (!is_text(words[2 * i]) || words[2 * i].text != heading[i] || !value)
      return strange("FT.INFO");
    *parts[i] = *value;
  }
  append_options(words, 2 * heading.size(), attribute);
  return attribute;
}

std::optional<std::size_t> size_in(const std::string* text) {
  std::size_t value = 0;
  if (text == nullptr) return {};
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return {};
  return value;
}

const std::string* first_option(const IndexAttribute& attribute,
                                std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto* value = attribute.option(name)) return value;
  }
  return nullptr;
}

// Where the type is all that a server tells (RediSearch 2.6.9), nothing but the dimensions matters.
Result<VectorAttributes> vector_attributes(const IndexAttribute& attribute) {
  VectorAttributes vector;
  const auto dims = size_in(first_option(attribute, {"dim", "dimensions"}));
  if (!dims || *dims == 0) {
    return fail(connection_error("the server does not tell the dimensions of `" +
                                 attribute.attribute + "`: search 2.8.10 or newer does"));
  }
  vector.dims = *dims;
  const auto* algorithm = first_option(attribute, {"algorithm", "name"});
  if (algorithm != nullptr)
    vector.algorithm = vector_algorithm(*algorithm).value_or(VectorAlgorithm::flat);
  else if (attribute.option("HNSW") != nullptr)
    vector.algorithm = VectorAlgorithm::hnsw;
  if (const auto* type = first_option(attribute, {"data_type", "TYPE"}))
    vector.type = vector_type(*type).value_or(VectorType::float32);
  if (const auto* metric = first_option(attribute, {"distance_metric"}))
    vector.metric = distance_metric(*metric).value_or(DistanceMetric::cosine);
  vector.m = size_in(attribute.option("M")).value_or(vector.m);
  vector.ef_construction =
      size_in(attribute.option("ef_construction")).value_or(vector.ef_construction);
  vector.ef_runtime = size_in(attribute.option("ef_runtime")).value_or(vector.ef_runtime);
  return vector;
}

TextAttributes text_attributes(const IndexAttribute& attribute) {
  TextAttributes text{.no_stem = attribute.has_flag("NOSTEM"),
                      .suffix_trie = attribute.has_flag("WITHSUFFIXTRIE")};
  const auto* weight = attribute.option("WEIGHT");
  if (weight == nullptr || *weight == "1") return text;
  double value = 1;
  if (std::from_chars(weight->data(), weight->data() + weight->size(), value).ec == std::errc())
    text.weight = value;
  return text;
}

TagAttributes tag_attributes(const IndexAttribute& attribute) {
  TagAttributes tag{.case_sensitive = attribute.has_flag("CASESENSITIVE"),
                    .suffix_trie = attribute.has_flag("WITHSUFFIXTRIE")};
  const auto* separator = attribute.option("SEPARATOR");
  if (separator != nullptr && separator->size() == 1) tag.separator = separator->front();
  return tag;
}

Result<Field> field_of(const IndexAttribute& attribute) {
  Field field{.name = attribute.attribute,
              .sortable = attribute.has_flag("SORTABLE"),
              .unf = attribute.has_flag("UNF"),
              .no_index = attribute.has_flag("NOINDEX"),
              .index_empty = attribute.has_flag("INDEXEMPTY"),
              .index_missing = attribute.has_flag("INDEXMISSING")};
  const auto type = field_type(attribute.type);
  if (!type) {
    return fail(connection_error("field `" + field.name + "` has the unknown type `" +
                                 attribute.type + "`"));
  }
  switch (*type) {
    case FieldType::text: field.attributes = text_attributes(attribute); break;
    case FieldType::tag: field.attributes = tag_attributes(attribute); break;
    case FieldType::numeric: field.attributes = NumericAttributes{}; break;
    case FieldType::geo: field.attributes = GeoAttributes{}; break;
    case FieldType::vector: {
      TRY(field.attributes, vector_attributes(attribute));
      break;
    }
  }
  return field;
}

}  // namespace

Result<IndexInfo> parse_info(const Reply& reply) {
  if (reply.is_error()) return fail(refusal(reply, "read the index"));
  if (!is_group(reply)) return strange("FT.INFO");
  IndexInfo info;
  const Reply* definition = find_value(reply.items, "index_definition");
  const Reply* attributes = find_value(reply.items, "attributes");
  if (definition == nullptr || !is_group(*definition) || attributes == nullptr ||
      !is_group(*attributes))
    return strange("FT.INFO");
  info.options = texts(find_value(reply.items, "index_options"));
  info.prefixes = texts(find_value(definition->items, "prefixes"));
  if (const Reply* type = find_value(definition->items, "key_type")) info.key_type = type->text;
  for (const Reply& each : attributes->items) {
    TRY(info.attributes.emplace_back(), parse_attribute(each));
  }
  for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
    const auto name = scalar(reply.items[i]);
    auto value = scalar(reply.items[i + 1]);
    if (!name || !value) continue;
    if (*name == "index_name") {
      info.name = std::move(*value);
    } else {
      info.stats.emplace_back(*name, std::move(*value));
    }
  }
  return info;
}

Result<Schema> schema_of(const IndexInfo& info) {
  Schema schema{.name = info.name, .prefixes = info.prefixes};
  schema.storage = storage_type(info.key_type).value_or(StorageType::hash);
  if (schema.prefixes.empty()) schema.prefixes.emplace_back();
  for (const IndexAttribute& attribute : info.attributes) {
    TRY(Field field, field_of(attribute));
    if (schema.storage == StorageType::json) field.path = attribute.identifier;
    schema.fields.push_back(std::move(field));
  }
  return schema;
}

}  // namespace sluice::search
