#include "embed/json_reader.h"

#include <charconv>
#include <limits>

namespace sluice::embed {

std::optional<std::uint64_t> json_count(std::string_view value) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
  return count;
}

Result<JsonReader> JsonReader::parse(std::string_view json, std::string what) {
  JsonReader reader;
  if (const auto fault = scan_json_object(json, reader.fields_))
    return fail(client_error(what + " is not valid: " + json_position(json, fault->offset) + ": " +
                             fault->what));
  reader.what_ = std::move(what);
  return reader;
}

const JsonField* JsonReader::find(std::string_view key) const {
  const JsonField* field = fields_.find(key);
  return field == nullptr || field->type == JsonType::null ? nullptr : field;
}

Failure JsonReader::wrong(std::string_view key, std::string_view expected) const {
  return fail(
      client_error(what_ + ": `" + std::string(key) + "` must be " + std::string(expected)));
}

Result<JsonReader> JsonReader::object(std::string_view key) const {
  const JsonField* field = find(key);
  if (field == nullptr || field->type != JsonType::object) return wrong(key, "an object");
  return parse(field->value, what_ + ": `" + std::string(key) + "`");
}

Result<std::vector<std::string_view>> JsonReader::array(std::string_view key) const {
  const JsonField* field = find(key);
  std::vector<std::string_view> elements;
  if (field == nullptr || field->type != JsonType::array || scan_json_array(field->value, elements))
    return wrong(key, "a list");
  return elements;
}

Result<std::string> JsonReader::text(std::string_view key) const {
  const JsonField* field = find(key);
  if (field == nullptr || field->type != JsonType::string) return wrong(key, "a text");
  return json_unescape(field->value);
}

Result<std::uint32_t> JsonReader::count(std::string_view key) const {
  const JsonField* field = find(key);
  const auto value = field == nullptr ? std::nullopt : json_count(field->value);
  if (!value || *value > std::numeric_limits<std::uint32_t>::max())
    return wrong(key, "a whole number");
  return static_cast<std::uint32_t>(*value);
}

Result<bool> JsonReader::flag(std::string_view key, bool otherwise) const {
  const JsonField* field = find(key);
  if (field == nullptr) return otherwise;
  const auto value = json_bool(field->value);
  if (!value) return wrong(key, "true or false");
  return *value;
}

}  // namespace sluice::embed
