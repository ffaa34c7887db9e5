#include "search/commands.h"

#include "base/json_write.h"

namespace sluice::search {
namespace {

// As Python writes a float, which is how RedisVL sends weights, thresholds and epsilons.
std::string number(double value) {
  std::string out;
  append_json_double(out, value);
  return out;
}

void append(Arguments& to, std::initializer_list<std::string_view> more) {
  for (const auto each : more) to.emplace_back(each);
}

void append_attributes(Arguments& args, const TextAttributes& text) {
  append(args, {"WEIGHT", text.weight ? number(*text.weight) : "1"});
  if (text.no_stem) append(args, {"NOSTEM"});
  if (!text.phonetic.empty()) append(args, {"PHONETIC", text.phonetic});
  if (text.suffix_trie) append(args, {"WITHSUFFIXTRIE"});
}

void append_attributes(Arguments& args, const TagAttributes& tag) {
  append(args, {"SEPARATOR", std::string_view(&tag.separator, 1)});
  if (tag.case_sensitive) append(args, {"CASESENSITIVE"});
  if (tag.suffix_trie) append(args, {"WITHSUFFIXTRIE"});
}

void append_attributes(Arguments&, const NumericAttributes&) {}
void append_attributes(Arguments&, const GeoAttributes&) {}

void append_attributes(Arguments& args, const VectorAttributes& vector) {
  Arguments pairs{"TYPE",
                  std::string(name_of(vector.type)),
                  "DIM",
                  std::to_string(vector.dims),
                  "DISTANCE_METRIC",
                  std::string(name_of(vector.metric))};
  if (vector.initial_cap) append(pairs, {"INITIAL_CAP", std::to_string(*vector.initial_cap)});
  if (vector.algorithm == VectorAlgorithm::flat && vector.block_size)
    append(pairs, {"BLOCK_SIZE", std::to_string(*vector.block_size)});
  if (vector.algorithm == VectorAlgorithm::hnsw) {
    append(pairs, {"M", std::to_string(vector.m), "EF_CONSTRUCTION",
                   std::to_string(vector.ef_construction), "EF_RUNTIME",
                   std::to_string(vector.ef_runtime)});
    if (vector.epsilon) append(pairs, {"EPSILON", number(*vector.epsilon)});
  }
  append(args, {name_of(vector.algorithm), std::to_string(pairs.size())});
  args.insert(args.end(), pairs.begin(), pairs.end());
}

void append_field(Arguments& args, const Field& field, StorageType storage) {
  if (storage == StorageType::json)
    append(args, {field.path.empty() ? "$." + field.name : field.path, "AS"});
  append(args, {field.name, name_of(field.type())});
  std::visit([&](const auto& attributes) { append_attributes(args, attributes); },
             field.attributes);
  if (field.index_empty) append(args, {"INDEXEMPTY"});
  if (field.index_missing) append(args, {"INDEXMISSING"});
  if (field.sortable) append(args, {"SORTABLE"});
  if (field.sortable && field.unf) append(args, {"UNF"});
  if (field.no_index) append(args, {"NOINDEX"});
}

Search by_distance(const VectorSearch& wanted) {
  Search search;
  search.returned = wanted.returned;
  search.returned->emplace_back(distance_field);
  search.sort_by = distance_field;
  search.params.emplace_back("vector", wanted.vector);
  search.offset = wanted.offset;
  search.count = wanted.count;
  return search;
}

}  // namespace

redis::Command as_command(const Arguments& arguments, std::size_t key_at) {
  redis::Command command(std::vector<std::string_view>(arguments.begin(), arguments.end()));
  command.key_at = key_at;
  return command;
}

Arguments create_index(const Schema& schema) {
  Arguments args{"FT.CREATE", schema.name,
                 "ON",        std::string(name_of(schema.storage)),
                 "PREFIX",    std::to_string(schema.prefixes.size())};
  args.insert(args.end(), schema.prefixes.begin(), schema.prefixes.end());
  append(args, {"SCORE", "1.0", "SCHEMA"});
  for (const Field& field : schema.fields) append_field(args, field, schema.storage);
  return args;
}

Arguments drop_index(std::string_view index, Documents documents) {
  Arguments args{"FT.DROPINDEX", std::string(index)};
  if (documents == Documents::erase) args.emplace_back("DD");
  return args;
}

Arguments index_info(std::string_view index) { return {"FT.INFO", std::string(index)}; }
Arguments list_indexes() { return {"FT._LIST"}; }

Arguments search_command(std::string_view index, const Search& search) {
  Arguments args{"FT.SEARCH", std::string(index), search.query};
  if (search.only_keys) append(args, {"NOCONTENT"});
  if (search.returned && !search.only_keys) {
    append(args, {"RETURN", std::to_string(search.returned->size())});
    args.insert(args.end(), search.returned->begin(), search.returned->end());
  }
  if (!search.sort_by.empty())
    append(args, {"SORTBY", search.sort_by, search.descending ? "DESC" : "ASC"});
  append(args,
         {"DIALECT", "2", "LIMIT", std::to_string(search.offset), std::to_string(search.count)});
  if (search.params.empty()) return args;
  append(args, {"PARAMS", std::to_string(search.params.size() * 2)});
  for (const auto& [name, value] : search.params) append(args, {name, value});
  return args;
}

Result<Search> nearest(const VectorSearch& wanted) {
  TRY(const std::string filter, text_of(wanted.filter));
  Search search = by_distance(wanted);
  search.query = filter + "=>[KNN " + std::to_string(wanted.count) + " @" + wanted.field +
                 " $vector AS " + std::string(distance_field) + "]";
  search.offset = 0;
  return search;
}

Result<Search> within_distance(const VectorSearch& wanted, double distance,
                               std::optional<double> epsilon) {
  if (!(distance >= 0)) return fail(client_error("distance_threshold must not be negative"));
  if (epsilon && !(*epsilon >= 0)) return fail(client_error("epsilon must not be negative"));
  TRY(const std::string filter, text_of(wanted.filter));
  Search search = by_distance(wanted);
  search.query =
      "@" + wanted.field + ":[VECTOR_RANGE $distance_threshold $vector]=>{$YIELD_DISTANCE_AS: " +
      std::string(distance_field) + (epsilon ? "; $EPSILON: " + number(*epsilon) : "") + "}";
  if (!wanted.filter.is_everything()) search.query = "(" + search.query + " " + filter + ")";
  search.params.emplace_back("distance_threshold", number(distance));
  return search;
}

Result<Search> filtered(const Filter& filter) {
  Search search;
  TRY(search.query, text_of(filter));
  return search;
}

Result<Search> counted(const Filter& filter) {
  TRY(Search search, filtered(filter));
  search.only_keys = true;
  search.count = 0;
  return search;
}

}  // namespace sluice::search
