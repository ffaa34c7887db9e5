#include "sluice/index_schema.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>
#include <limits>
#include <optional>
#include <sstream>

#include "config/node.h"
#include "config/yaml_parse.h"
#include "search/schema.h"

namespace sluice {
namespace {

using config::Node;

// One mapping of the file, read key by key; what nobody asked for is an error at the end.
class Section {
 public:
  Section(const Node& node, std::string file, std::string name)
      : node_(node), file_(std::move(file)), name_(std::move(name)) {}

  Failure fault(const config::Mark& mark, const std::string& what) const {
    return fail(client_error(file_ + ":" + std::to_string(mark.line) + ": " + what));
  }
  Failure fault(std::string_view key, const std::string& what) const {
    const Node* at = node_.find(key);
    return fault(at == nullptr ? node_.mark : at->mark,
                 name_ + (name_.empty() ? "" : ".") + std::string(key) + " " + what);
  }

  const Node* find(std::string_view key) { return node_.find_set(key); }

  Status read(std::string_view key, std::string& out) {
    const Node* value = find(key);
    if (value == nullptr) return Done{};
    if (!value->is_scalar()) return fault(key, "must be a text");
    out = value->text;
    return Done{};
  }
  Status read(std::string_view key, bool& out) {
    const Node* value = find(key);
    if (value == nullptr) return Done{};
    const auto boolean = config::as_boolean(*value);
    if (!boolean) return fault(key, "must be true or false");
    out = *boolean;
    return Done{};
  }
  template <class Target>  // double or std::size_t, or an optional of one
    requires(!std::is_same_v<Target, bool> && !std::is_same_v<Target, std::string>)
  Status read(std::string_view key, Target& out) {
    const Node* value = find(key);
    if (value == nullptr) return Done{};
    constexpr bool whole =
        std::is_assignable_v<Target&, std::size_t> &&
        (std::is_same_v<Target, std::size_t> || std::is_same_v<Target, std::optional<std::size_t>>);
    const auto number = config::as_number(*value);
    if (!number || *number < 0 || *number > 1e12 || (whole && !config::as_integer(*value)))
      return fault(key, whole ? "must be a whole number" : "must be a number that is not negative");
    if constexpr (whole) {
      out = static_cast<std::size_t>(*number);
    } else {
      out = *number;
    }
    return Done{};
  }
  template <class Enum>
  Status read(std::string_view key, Enum& out, std::optional<Enum> (*parse)(std::string_view),
              const char* allowed) {
    std::string text;
    TRY([[maybe_unused]] const Done read_text, read(key, text));
    if (text.empty()) return Done{};
    const auto parsed = parse(text);
    if (!parsed) return fault(key, "must be one of " + std::string(allowed));
    out = *parsed;
    return Done{};
  }

  // Every key must be among these.
  Status expect(std::initializer_list<std::string_view> known) const {
    for (const config::Key& key : node_.keys) {
      if (std::ranges::find(known, key.text) == known.end())
        return fault(key.mark, (name_.empty() ? "" : name_ + ".") + key.text + " is not known");
    }
    return Done{};
  }

 private:
  const Node& node_;
  std::string file_, name_;
};

#define READ(...) TRY([[maybe_unused]] const Done SLUICE_JOIN(read_, __LINE__), __VA_ARGS__)

Status read_attributes(Section& attrs, TextAttributes& text) {
  READ(attrs.read("weight", text.weight));
  READ(attrs.read("no_stem", text.no_stem));
  READ(attrs.read("phonetic_matcher", text.phonetic));
  READ(attrs.read("withsuffixtrie", text.suffix_trie));
  return attrs.expect({"weight", "no_stem", "phonetic_matcher", "withsuffixtrie", "sortable", "unf",
                       "no_index", "index_empty", "index_missing"});
}

Status read_attributes(Section& attrs, TagAttributes& tag) {
  std::string separator(1, tag.separator);
  READ(attrs.read("separator", separator));
  if (separator.size() != 1) return attrs.fault("separator", "must be one character");
  tag.separator = separator.front();
  READ(attrs.read("case_sensitive", tag.case_sensitive));
  READ(attrs.read("withsuffixtrie", tag.suffix_trie));
  return attrs.expect({"separator", "case_sensitive", "withsuffixtrie", "sortable", "unf",
                       "no_index", "index_empty", "index_missing"});
}

Status read_attributes(Section& attrs, NumericAttributes&) {
  return attrs.expect({"sortable", "unf", "no_index", "index_missing"});
}
Status read_attributes(Section& attrs, GeoAttributes&) {
  return attrs.expect({"sortable", "no_index", "index_missing"});
}

Status read_attributes(Section& attrs, VectorAttributes& vector) {
  if (attrs.find("algorithm") == nullptr)
    return attrs.fault("algorithm", "must be given: flat or hnsw");
  if (attrs.find("dims") == nullptr) return attrs.fault("dims", "must be given");
  READ(attrs.read("dims", vector.dims));
  READ(attrs.read("algorithm", vector.algorithm, search::vector_algorithm, "flat, hnsw"));
  READ(attrs.read("datatype", vector.type, search::vector_type,
                  "float32, float64, float16, bfloat16, int8, uint8"));
  READ(attrs.read("distance_metric", vector.metric, search::distance_metric, "cosine, l2, ip"));
  READ(attrs.read("initial_cap", vector.initial_cap));
  READ(attrs.read("block_size", vector.block_size));
  READ(attrs.read("m", vector.m));
  READ(attrs.read("ef_construction", vector.ef_construction));
  READ(attrs.read("ef_runtime", vector.ef_runtime));
  READ(attrs.read("epsilon", vector.epsilon));
  return attrs.expect({"dims", "algorithm", "datatype", "distance_metric", "initial_cap",
                       "block_size", "m", "ef_construction", "ef_runtime", "epsilon",
                       "index_missing"});
}

void set_type(Field& field, FieldType type) {
  switch (type) {
    case FieldType::text: field.attributes = TextAttributes{}; break;
    case FieldType::tag: field.attributes = TagAttributes{}; break;
    case FieldType::numeric: field.attributes = NumericAttributes{}; break;
    case FieldType::geo: field.attributes = GeoAttributes{}; break;
    case FieldType::vector: field.attributes = VectorAttributes{}; break;
  }
}

Result<Field> read_field(const Node& node, const std::string& file, const std::string& name) {
  Section section(node, file, name);
  if (!node.is_map()) return section.fault(node.mark, name + " must be a mapping");
  Field field;
  FieldType type{};
  READ(section.expect({"name", "type", "path", "attrs"}));
  READ(section.read("name", field.name));
  READ(section.read("path", field.path));
  if (field.name.empty()) return section.fault("name", "must be given");
  if (section.find("type") == nullptr) return section.fault("type", "must be given");
  READ(section.read("type", type, search::field_type, "text, tag, numeric, geo, vector"));
  set_type(field, type);
  static const Node none{.kind = config::Kind::map};
  const Node* written = section.find("attrs");
  if (written != nullptr && !written->is_map()) return section.fault("attrs", "must be a mapping");
  Section attrs(written == nullptr ? none : *written, file, name + ".attrs");
  READ(attrs.read("sortable", field.sortable));
  READ(attrs.read("unf", field.unf));
  READ(attrs.read("no_index", field.no_index));
  READ(attrs.read("index_empty", field.index_empty));
  READ(attrs.read("index_missing", field.index_missing));
  READ(std::visit([&](auto& attributes) { return read_attributes(attrs, attributes); },
                  field.attributes));
  return field;
}

Status read_index(Section& section, Schema& schema) {
  READ(section.expect({"name", "prefix", "key_separator", "storage_type"}));
  READ(section.read("name", schema.name));
  if (schema.name.empty()) return section.fault("name", "must be given");
  READ(section.read("key_separator", schema.key_separator));
  READ(section.read("storage_type", schema.storage, search::storage_type, "hash, json"));
  const Node* prefix = section.find("prefix");
  if (prefix == nullptr) return Done{};
  if (prefix->is_scalar()) return schema.prefixes = {prefix->text}, Done{};
  schema.prefixes.clear();
  for (const Node& each : prefix->items) {
    if (!prefix->is_list() || !each.is_scalar())
      return section.fault("prefix", "must be a text or a list of texts");
    schema.prefixes.push_back(each.text);
  }
  return Done{};
}

Result<Schema> read_root(const Node& root, const std::string& file) {
  Section section(root, file, "");
  if (!root.is_map()) return section.fault(root.mark, "a schema is a mapping: index, fields");
  READ(section.expect({"version", "index", "fields"}));
  std::string version = "0.1.0";
  READ(section.read("version", version));
  if (version != "0.1.0") return section.fault("version", "must be 0.1.0");
  const Node *index = section.find("index"), *fields = section.find("fields");
  if (index == nullptr || !index->is_map()) return section.fault("index", "must be a mapping");
  Schema schema;
  Section index_section(*index, file, "index");
  READ(read_index(index_section, schema));
  if (fields == nullptr || !fields->is_list())
    return section.fault("fields", "must be a list of {name, type, attrs}");
  for (std::size_t i = 0; i < fields->items.size(); i++) {
    TRY(schema.fields.emplace_back(),
        read_field(fields->items[i], file, "fields[" + std::to_string(i) + "]"));
  }
  READ(search::check(schema));
  return schema;
}

}  // namespace

Result<Schema> parse_schema(std::string_view yaml, const std::string& file) {
  const config::YamlResult parsed = config::parse_yaml(yaml, 0);
  if (!parsed.ok) {
    return fail(client_error(file + ":" + std::to_string(parsed.error.mark.line) + ": " +
                             parsed.error.message));
  }
  return read_root(parsed.root, file);
}

Result<Schema> read_schema(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf()))
    return fail(client_error("the schema file " + file + " can't be read, or is empty"));
  return parse_schema(text.str(), file);
}

}  // namespace sluice
