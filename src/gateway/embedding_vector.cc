#include "gateway/embedding_vector.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/base64.h"
#include "base/json_scan.h"
#include "gateway/embedding_items.h"

namespace sluice::gateway {

namespace {

static_assert(std::endian::native == std::endian::little);

std::optional<std::vector<float>> read_numbers(std::string_view list) {
  std::vector<std::string_view> elements;
  if (scan_json_array(list, elements)) return std::nullopt;
  std::vector<float> vector;
  vector.reserve(elements.size());
  for (const std::string_view element : elements) {
    double value = 0;
    const auto read = std::from_chars(element.begin(), element.end(), value);
    if (read.ec != std::errc() || read.ptr != element.end()) return std::nullopt;
    vector.push_back(static_cast<float>(value));
  }
  return vector;
}

std::optional<std::vector<float>> read_base64(std::string_view text) {
  const auto bytes = from_base64(json_unescape(text));
  if (!bytes || bytes->size() % sizeof(float) != 0) return std::nullopt;
  std::vector<float> vector(bytes->size() / sizeof(float));
  if (!vector.empty()) std::memcpy(vector.data(), bytes->data(), bytes->size());
  return vector;
}

// False: it has no direction.
bool normalise(std::vector<float>& vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * value;
  if (!std::isfinite(squares) || squares == 0) return false;
  const double length = std::sqrt(squares);
  for (float& value : vector) value = static_cast<float>(value / length);
  return true;
}

std::optional<std::vector<float>> vector_in(std::string_view body) {
  const auto reply = split_reply(body, 1);
  JsonFields item;
  if (!reply || skim_json_object(reply->items.front(), item)) return std::nullopt;
  const JsonField* embedding = item.find("embedding");
  if (embedding->type == JsonType::array) return read_numbers(embedding->value);
  return read_base64(embedding->value);
}

}  // namespace

Result<std::vector<float>> read_vector(std::string_view body) {
  auto vector = vector_in(body);
  if (!vector || vector->empty() || vector->size() > most_dimensions)
    return fail(connection_error("the answer holds no vector for the text"));
  if (!normalise(*vector))
    return fail(connection_error("the vector has no direction: all of it is zero, or not finite"));
  return std::move(*vector);
}

}  // namespace sluice::gateway
