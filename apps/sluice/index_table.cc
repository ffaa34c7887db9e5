#include "sluice/index_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/json_write.h"
#include "base/python_repr.h"
#include "sluice/text_table.h"

namespace sluice {
namespace {

// ['a', 'b']
std::string python_list(const std::vector<std::string>& items) {
  std::string out = "[";
  for (const std::string& item : items) {
    if (out.size() > 1) out += ", ";
    append_python_repr(out, item);
  }
  return out + "]";
}

// Options in twos, as rvl pairs them: a flag has its neighbour beside it.
TableRow field_row(const IndexAttribute& attribute) {
  TableRow row{attribute.identifier, attribute.attribute, attribute.type};
  for (const auto& [name, value] : attribute.options) {
    row.push_back(name);
    if (value) row.push_back(*value);
  }
  return row;
}

constexpr std::array stat_keys{"num_docs",
                               "num_terms",
                               "max_doc_id",
                               "num_records",
                               "percent_indexed",
                               "hash_indexing_failures",
                               "number_of_uses",
                               "bytes_per_record_avg",
                               "doc_table_size_mb",
                               "inverted_sz_mb",
                               "key_table_size_mb",
                               "offset_bits_per_record_avg",
                               "offset_vectors_sz_mb",
                               "offsets_per_term_avg",
                               "records_per_doc_avg",
                               "sortable_values_size_mb",
                               "total_indexing_time",
                               "total_inverted_index_blocks",
                               "vector_index_sz_mb"};

// Whole numbers whole, others in six digits.
std::string stat_text(const std::string* text) {
  if (text == nullptr) return "None";
  const auto value = number_of(*text);
  if (!value || !std::isfinite(*value) || text->find_first_of(".e") == std::string::npos)
    return *text;
  char digits[32];
  std::snprintf(digits, sizeof(digits), "%g", *value);
  return digits;
}

void append_name(std::string& json, std::string_view name) {
  if (json.back() != '{') json += ", ";
  append_json_string(json, name);
  json += ": ";
}

// A number where the text is one that JSON has.
void append_value(std::string& json, const std::string* text) {
  const auto value = text == nullptr ? std::nullopt : number_of(*text);
  if (text == nullptr || (value && !std::isfinite(*value))) {
    json += "null";
  } else if (!value) {
    append_json_string(json, *text);
  } else if (text->find_first_not_of("0123456789-") == std::string::npos) {
    json += *text;
  } else {
    append_json_double(json, *value);
  }
}

void append_list(std::string& json, const std::vector<std::string>& items) {
  json += "[";
  for (const std::string& item : items) {
    if (json.back() != '[') json += ", ";
    append_json_string(json, item);
  }
  json += "]";
}

void append_field(std::string& json, const IndexAttribute& attribute) {
  json += "{";
  append_name(json, "name"), append_json_string(json, attribute.identifier);
  append_name(json, "attribute"), append_json_string(json, attribute.attribute);
  append_name(json, "type"), append_json_string(json, attribute.type);
  if (!attribute.options.empty()) {
    append_name(json, "field_options");
    json += "{";
    for (const auto& [name, value] : attribute.options) {
      append_name(json, name);
      if (value) {
        append_value(json, &*value);
      } else {
        json += "true";
      }
    }
    json += "}";
  }
  json += "}";
}

}  // namespace

std::string info_tables(const IndexInfo& info) {
  const std::string* indexing = info.stat("indexing");
  std::string out = "\n\nIndex Information:\n";
  out +=
      draw_table({"Index Name", "Storage Type", "Prefixes", "Index Options", "Indexing"},
                 {{info.name, info.key_type, python_list(info.prefixes), python_list(info.options),
                   indexing == nullptr ? std::to_string(info.is_indexing()) : *indexing}});
  std::vector<TableRow> rows;
  std::size_t widest = 3;
  for (const IndexAttribute& attribute : info.attributes) {
    rows.push_back(field_row(attribute));
    widest = std::max(widest, rows.back().size());
  }
  TableRow heading{"Name", "Attribute", "Type"};
  while (heading.size() < widest) heading.insert(heading.end(), {"Field Option", "Option Value"});
  return out + "Index Fields:\n" + draw_table(heading, rows);
}

std::string stats_table(const IndexInfo& info) {
  std::vector<TableRow> rows;
  for (const char* key : stat_keys) rows.push_back({key, stat_text(info.stat(key))});
  return "\nStatistics:\n" + draw_plain_table({"Stat Key", "Value"}, rows);
}

std::string info_json(const IndexInfo& info) {
  std::string json = "{\"index_information\": {";
  append_name(json, "index_name"), append_json_string(json, info.name);
  append_name(json, "storage_type"), append_json_string(json, info.key_type);
  append_name(json, "prefixes"), append_list(json, info.prefixes);
  append_name(json, "index_options"), append_list(json, info.options);
  append_name(json, "indexing"), json += info.is_indexing() ? "1" : "0";
  json += "}, \"index_fields\": [";
  for (const IndexAttribute& attribute : info.attributes) {
    if (json.back() != '[') json += ", ";
    append_field(json, attribute);
  }
  return json + "]}\n";
}

std::string stats_json(const IndexInfo& info) {
  std::string json = "{";
  for (const char* key : stat_keys) {
    append_name(json, key);
    append_value(json, info.stat(key));
  }
  return json + "}\n";
}

}  // namespace sluice
