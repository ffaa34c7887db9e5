// Any bytes as JSON. Whoever parses a body after us must see in it what we saw: simdjson stands for
// them. Known differences: we refuse lone surrogates and nesting beyond max_json_depth, simdjson
// numbers that fit no double or 64-bit integer.
#include <simdjson.h>

#include <string>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "input.h"

namespace {

using namespace sluice;
using fuzz::check;

bool same_type(JsonType ours, simdjson::dom::element_type theirs) {
  using simdjson::dom::element_type;
  switch (theirs) {
    case element_type::ARRAY: return ours == JsonType::array;
    case element_type::OBJECT: return ours == JsonType::object;
    case element_type::STRING: return ours == JsonType::string;
    case element_type::BOOL: return ours == JsonType::boolean;
    case element_type::NULL_VALUE: return ours == JsonType::null;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE: return ours == JsonType::number;
  }
  return false;
}

void check_field(const JsonField& ours, std::string_view key, simdjson::dom::element theirs) {
  check(ours.key == key && same_type(ours.type, theirs.type()));
  if (ours.type == JsonType::string)
    check(json_unescape(ours.value) == std::string_view(theirs.get_string()));
  if (ours.type == JsonType::boolean) check(json_bool(ours.value) == bool(theirs.get_bool()));
  if (ours.type != JsonType::number) return;
  const auto number = json_number(ours.value);  // nothing for one that is too near to zero
  check(number ? *number == double(theirs.get_double()) : double(theirs.get_double()) == 0);
}

bool is_ours_alone(const JsonFault& fault) {
  const std::string_view what = fault.what;
  return what == "nested too deeply" || what == "lone surrogate in a string";
}

void check_against_simdjson(std::string_view text, const std::optional<JsonFault>& fault,
                            const JsonFields& fields) {
  static simdjson::dom::parser parser;
  simdjson::dom::element root;
  const simdjson::error_code error = parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::NUMBER_ERROR) return;
  simdjson::dom::object object;
  const bool theirs = error == simdjson::SUCCESS && root.get(object) == simdjson::SUCCESS;
  check(theirs == !fault || (fault && is_ours_alone(*fault)));
  if (fault) return;
  std::size_t i = 0;
  for (const auto& [key, value] : object) {
    check(i < fields.size());
    check_field(fields[i++], key, value);
  }
  check(i == fields.size());
}

void check_places(std::string_view text, const JsonFields& fields) {
  for (const JsonField& field : fields) {
    const std::string_view whole = text.substr(field.begin, field.end - field.begin);
    check(whole.starts_with('"') && whole.ends_with(field.value));
    check(!scan_json(field.value));
    check(fields.counts(field) == (fields.find(field.key) == &field));
  }
}

// On valid input skimming gives what scanning gives; on any other it must only come to an end.
void check_skimming(std::string_view text, const std::optional<JsonFault>& fault,
                    const JsonFields& fields) {
  JsonFields skimmed;
  const auto skim_fault = skim_json_object(text, skimmed);
  if (fault) return;
  check(!skim_fault && skimmed.size() == fields.size());
  for (std::size_t i = 0; i < fields.size(); i++)
    check(skimmed[i].key == fields[i].key && skimmed[i].value == fields[i].value &&
          skimmed[i].type == fields[i].type && skimmed[i].begin == fields[i].begin &&
          skimmed[i].end == fields[i].end);
}

// An array's elements, joined, are the array again.
void check_elements(std::string_view text) {
  std::vector<std::string_view> elements, again;
  if (scan_json_array(text, elements)) return;
  std::string joined = "[";
  for (const std::string_view each : elements)
    joined.append(joined.size() > 1 ? "," : "").append(each);
  check(!scan_json_array(joined += "]", again) && std::ranges::equal(elements, again));
}

void check_strings(std::string_view text) {
  if (!is_utf8(text)) return;
  std::string quoted;
  append_json_string(quoted, text);
  check(!scan_json(quoted) && json_unescape(quoted) == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).text;
  JsonFields fields;
  const auto fault = scan_json_object(text, fields);
  if (fault) check(fault->offset <= size && !json_position(text, fault->offset).empty());
  if (!fault) check(!scan_json(text));
  check_against_simdjson(text, fault, fields);
  if (!fault) check_places(text, fields);
  check_skimming(text, fault, fields);
  check_elements(text);
  check_strings(text);
  return 0;
}
