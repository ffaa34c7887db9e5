#include "sluice/eval_data.h"

#include <fstream>
#include <map>
#include <sstream>

#include "base/json_scan.h"

namespace sluice::eval {
namespace {

Failure bad_file(const std::string& file, const std::string& what) {
  return fail(client_error(file + ": " + what));
}

bool is_true(const JsonField& field) {
  if (const auto number = json_number(field.value)) return *number != 0;
  return json_bool(field.value).value_or(false);
}

}  // namespace

Result<std::vector<Pair>> read_pairs(const std::string& file) {
  std::ifstream in(file);
  if (!in) return bad_file(file, "cannot be read");
  std::vector<Pair> pairs;
  std::string line;
  JsonFields fields;
  for (std::size_t number = 1; std::getline(in, line); number++) {
    if (line.empty()) continue;
    const std::string place = "line " + std::to_string(number) + ": ";
    if (const auto fault = scan_json_object(line, fields))
      return bad_file(file, place + fault->what);
    const JsonField* a = fields.find("a");
    const JsonField* b = fields.find("b");
    const JsonField* same = fields.find("same");
    if (a == nullptr || b == nullptr || same == nullptr || a->type != JsonType::string ||
        b->type != JsonType::string)
      return bad_file(file, place + "wants the texts `a` and `b`, and `same`");
    pairs.push_back({json_unescape(a->value), json_unescape(b->value), is_true(*same), {}});
  }
  if (pairs.empty()) return bad_file(file, "holds no pairs");
  return pairs;
}

Result<std::vector<Query>> read_queries(const std::string& file) {
  std::ifstream in(file);
  if (!in) return bad_file(file, "cannot be read");
  std::stringstream content;
  content << in.rdbuf();
  const std::string json = content.str();
  JsonFields parts;
  if (const auto fault = scan_json_object(json, parts))
    return bad_file(file, json_position(json, fault->offset) + ": " + fault->what);
  std::vector<Query> queries;
  std::map<std::string, int> intents;
  std::vector<std::string_view> rows, row;
  for (const JsonField& part : parts) {
    const bool out_of_scope = part.key.starts_with("oos");
    if (scan_json_array(part.value, rows)) return bad_file(file, "wants arrays of queries");
    for (const auto each : rows) {
      if (scan_json_array(each, row) || row.size() != 2 || !row[0].starts_with('"') ||
          !row[1].starts_with('"'))
        return bad_file(file, R"(wants each query as ["text", "intent"])");
      const auto known =
          intents.try_emplace(json_unescape(row[1]), static_cast<int>(intents.size()));
      queries.push_back({json_unescape(row[0]), out_of_scope ? -1 : known.first->second});
    }
  }
  if (queries.empty()) return bad_file(file, "holds no queries");
  return queries;
}

}  // namespace sluice::eval
