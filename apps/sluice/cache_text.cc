#include "sluice/cache_text.h"

#include <array>
#include <cmath>
#include <cstdint>

#include "base/json_scan.h"
#include "sluice/text_table.h"

namespace sluice {
namespace {

// A field as a person reads it; empty when it is not there or null.
std::string text_of(const JsonFields& fields, std::string_view name) {
  const JsonField* field = fields.find(name);
  if (field == nullptr || field->type == JsonType::null) return "";
  return field->type == JsonType::string ? json_unescape(field->value) : std::string(field->value);
}

// "2 h 3 min 4 s"
std::string duration_text(const std::string& seconds) {
  const auto number = json_number(seconds);
  if (!number || *number < 0 || *number > 1e12) return seconds;
  struct Unit {
    std::uint64_t seconds;
    std::string_view name;
  };
  constexpr std::array units{Unit{86'400, " d "}, Unit{3'600, " h "}, Unit{60, " min "}};
  auto left = static_cast<std::uint64_t>(std::floor(*number));
  std::string out;
  for (const Unit& unit : units) {
    if (left >= unit.seconds) out.append(std::to_string(left / unit.seconds)).append(unit.name);
    left %= unit.seconds;
  }
  return out + std::to_string(left) + " s";
}

std::string usage_text(const JsonFields& entry) {
  const JsonField* field = entry.find("usage");
  JsonFields usage;
  if (field == nullptr || field->type != JsonType::object || scan_json_object(field->value, usage))
    return "";
  return text_of(usage, "prompt_tokens") + " + " + text_of(usage, "completion_tokens") + " tokens";
}

// What matching by meaning did; empty where there is none.
std::string semantic_text(const JsonFields& stats) {
  const JsonField* field = stats.find("semantic");
  JsonFields counts, lookups;
  if (field == nullptr || scan_json_object(field->value, counts)) return "";
  std::vector<TableRow> rows;
  const auto add = [&rows](const std::string& name, const JsonField& count) {
    rows.push_back({name, std::string(count.value)});
  };
  for (const JsonField& count : counts) {
    if (count.type != JsonType::object)
      add(std::string(count.key), count);
    else if (!scan_json_object(count.value, lookups))
      for (const JsonField& each : lookups) add("lookups: " + std::string(each.key), each);
  }
  return draw_table({"Matched by meaning", "Count"}, rows);
}

}  // namespace

std::string cache_stats_text(std::string_view json) {
  JsonFields fields;
  std::vector<std::string_view> stores;
  const bool is_object = !scan_json_object(json, fields);
  const JsonField* list = is_object ? fields.find("stores") : nullptr;
  if (list == nullptr || scan_json_array(list->value, stores)) return std::string(json) + "\n";
  std::vector<TableRow> rows;
  for (const std::string_view each : stores) {
    JsonFields store;
    if (scan_json_object(each, store)) continue;
    const std::string capacity = text_of(store, "capacity_bytes");
    rows.push_back({text_of(store, "name"), text_of(store, "entries"), text_of(store, "bytes"),
                    capacity == "0" ? "unbounded" : capacity, text_of(store, "evicted"),
                    text_of(store, "expired")});
    // A Redis does not say how many of its keys are the cache's.
    if (rows.back()[0] == "redis") rows.back()[1] = "not known";
  }
  return "type: " + text_of(fields, "type") + "\n" +
         draw_table({"Store", "Entries", "Bytes", "Capacity", "Evicted", "Expired"}, rows) +
         semantic_text(fields);
}

std::string cache_entry_text(std::string_view json) {
  JsonFields entry;
  if (scan_json_object(json, entry)) return std::string(json) + "\n";
  const std::string ttl = text_of(entry, "ttl");
  std::vector<TableRow> rows{
      {"key", text_of(entry, "key")},
      {"age", duration_text(text_of(entry, "age"))},
      {"time left", ttl.empty() ? "until it is evicted" : duration_text(ttl)},
      {"model group", text_of(entry, "group")},
      {"provider", text_of(entry, "provider")},
      {"model", text_of(entry, "model")},
      {"deployment", text_of(entry, "model_id")},
      {"usage", usage_text(entry)},
      {"from a stream", text_of(entry, "from_stream") == "true" ? "yes" : "no"},
  };
  std::erase_if(rows, [](const TableRow& row) { return row[1].empty(); });
  return draw_plain_table({"Entry", "Value"}, rows) + text_of(entry, "response") + "\n";
}

std::string cache_deleted_text(std::string_view json) {
  JsonFields fields;
  if (scan_json_object(json, fields)) return std::string(json) + "\n";
  const std::string count = text_of(fields, "deleted");
  return count + (count == "1" ? " entry" : " entries") + " taken out\n";
}

}  // namespace sluice
