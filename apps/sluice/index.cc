#include "sluice/index.h"

#include <sluice/search_index.h>

#include <iostream>

#include "base/json_write.h"
#include "sluice/index_options.h"
#include "sluice/index_schema.h"
#include "sluice/index_table.h"

namespace sluice {
namespace {

void list_all(const IndexOptions& options, std::ostream& out) {
  const auto names = SearchIndex::list_all(options.server);
  if (!options.json) {
    out << "Indices:\n";
    for (std::size_t i = 0; i < names.size(); i++) out << i + 1 << ". " << names[i] << "\n";
    return;
  }
  std::string json = "{\"indices\": [";
  for (const std::string& name : names) {
    if (json.back() != '[') json += ", ";
    append_json_string(json, name);
  }
  out << json << "]}\n";
}

void create(const Schema& schema, const IndexOptions& options, std::ostream& out) {
  const bool created = SearchIndex(schema, options.server).create();
  out << (created ? "Index created successfully\n" : "Index already exists, not overwriting.\n");
}

void show(const SearchIndex& index, const IndexOptions& options, std::ostream& out) {
  const IndexInfo info = index.info();
  const bool stats = options.action == IndexAction::stats;
  if (options.json) {
    out << (stats ? stats_json(info) : info_json(info));
  } else {
    out << (stats ? stats_table(info) : info_tables(info));
  }
}

// What the action is about; of an index that is only named no field is known, or needed.
Result<Schema> schema_for(const IndexOptions& options) {
  if (!options.schema.empty() && (options.index.empty() || options.action == IndexAction::create))
    return read_schema(options.schema);
  return Schema{.name = options.index,
                .fields = {{.name = "any", .attributes = NumericAttributes{}}}};
}

void act(const IndexOptions& options, const Schema& schema, std::ostream& out) {
  switch (options.action) {
    case IndexAction::listall: return list_all(options, out);
    case IndexAction::create: return create(schema, options, out);
    case IndexAction::info:
    case IndexAction::stats: return show(SearchIndex(schema, options.server), options, out);
    case IndexAction::erase:
    case IndexAction::destroy:
      SearchIndex(schema, options.server).destroy(options.action == IndexAction::destroy);
      out << "Index deleted successfully\n";
  }
}

int usage_error(const std::string& message) {
  std::cerr << "sluice index: " << message << "\n\n" << index_help();
  return 2;
}

}  // namespace

int run_index(std::span<const std::string_view> args) {
  const auto options = parse_index_options(args, config::Environment::of_process());
  if (!options) return usage_error(options.error().message);
  if (options->help) {
    std::cout << index_help();
    return 0;
  }
  const auto schema =
      options->action == IndexAction::listall ? Result<Schema>(Schema{}) : schema_for(*options);
  if (!schema) {
    std::cerr << "sluice index: " << schema.error().message << "\n";
    return 2;
  }
  try {
    act(*options, *schema, std::cout);
  } catch (const Exception& failed) {
    std::cerr << "sluice index: " << failed.what() << "\n";
    return failed.why() == Failed::argument ? 2 : 1;
  }
  return 0;
}

}  // namespace sluice
