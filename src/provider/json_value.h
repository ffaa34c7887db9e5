#pragma once
// Reads of single values and objects out of a JSON text, on top of base/json_scan.h. Every value
// keeps its own text, so that what need not be understood is passed on byte for byte.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_scan.h"

namespace sluice::provider {

struct JsonValue {
  std::string_view text;
  JsonType type = JsonType::null;

  bool is_string() const { return type == JsonType::string; }
  bool is_object() const { return type == JsonType::object; }
  bool is_array() const { return type == JsonType::array; }
  bool is_true() const { return text == "true"; }
};

// `text` is one valid JSON value without spaces around it.
JsonValue json_value(std::string_view text);

// The fields of one object. A field that is null counts as absent.
class JsonObject {
 public:
  // nullopt: `text` is not one valid JSON object. It must outlive the result.
  static std::optional<JsonObject> parse(std::string_view text);

  std::optional<JsonValue> find(std::string_view key) const;
  // The text of a string field; nullopt when it is absent or of another type.
  std::optional<std::string> string(std::string_view key) const;
  // The object in a field; nullopt as above.
  std::optional<JsonObject> object(std::string_view key) const;
  // The elements of an array field; empty when it is absent or of another type.
  std::vector<JsonValue> array(std::string_view key) const;
  // A number field, cut to a whole one that is not negative; 0 when it is absent or of another
  // type.
  std::int64_t count(std::string_view key) const;

  const JsonFields& fields() const { return fields_; }

 private:
  JsonFields fields_;
};

// The elements of one array; empty when `text` is not one valid JSON array.
std::vector<JsonValue> json_array(std::string_view text);

}  // namespace sluice::provider
