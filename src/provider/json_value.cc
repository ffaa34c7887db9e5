#include "provider/json_value.h"

#include <algorithm>

namespace sluice::provider {

JsonValue json_value(std::string_view text) {
  switch (text.empty() ? 'n' : text.front()) {
    case '{': return {text, JsonType::object};
    case '[': return {text, JsonType::array};
    case '"': return {text, JsonType::string};
    case 't':
    case 'f': return {text, JsonType::boolean};
    case 'n': return {text, JsonType::null};
    default: return {text, JsonType::number};
  }
}

std::vector<JsonValue> json_array(std::string_view text) {
  std::vector<std::string_view> elements;
  if (scan_json_array(text, elements)) return {};
  std::vector<JsonValue> values(elements.size());
  std::ranges::transform(elements, values.begin(), json_value);
  return values;
}

std::optional<JsonObject> JsonObject::parse(std::string_view text) {
  JsonObject object;
  if (scan_json_object(text, object.fields_)) return {};
  return object;
}

std::optional<JsonValue> JsonObject::find(std::string_view key) const {
  const auto* field = fields_.find(key);
  if (!field || field->type == JsonType::null) return {};
  return JsonValue{field->value, field->type};
}

std::optional<std::string> JsonObject::string(std::string_view key) const {
  const auto value = find(key);
  if (!value || !value->is_string()) return {};
  return json_unescape(value->text);
}

std::optional<JsonObject> JsonObject::object(std::string_view key) const {
  const auto value = find(key);
  if (!value || !value->is_object()) return {};
  return parse(value->text);
}

std::vector<JsonValue> JsonObject::array(std::string_view key) const {
  const auto value = find(key);
  if (!value || !value->is_array()) return {};
  return json_array(value->text);
}

std::int64_t JsonObject::count(std::string_view key) const {
  const auto value = find(key);
  if (!value || value->type != JsonType::number) return 0;
  constexpr double limit = 1e15;  // far above any token count, exact in a double
  return static_cast<std::int64_t>(std::clamp(json_number(value->text).value_or(0), 0.0, limit));
}

}  // namespace sluice::provider
