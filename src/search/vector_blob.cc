// Numbers of a vector ↔ the bytes that a hash holds.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "search/commands.h"

namespace sluice::search {
namespace {

static_assert(std::endian::native == std::endian::little);

// The upper half of a float, rounded to the nearest, ties to even.
std::uint16_t bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16) | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

template <class T>
T rounded(float value) {
  const float low = std::numeric_limits<T>::min(), high = std::numeric_limits<T>::max();
  return std::isnan(value) ? T{} : static_cast<T>(std::lround(std::clamp(value, low, high)));
}

template <class Stored>
std::string write(const float* values, std::size_t count, Stored (*convert)(float)) {
  std::string blob(count * sizeof(Stored), '\0');
  for (std::size_t i = 0; i < count; i++) {
    const Stored stored = convert(values[i]);
    std::memcpy(blob.data() + i * sizeof(Stored), &stored, sizeof(Stored));
  }
  return blob;
}

template <class Stored>
std::vector<float> read(std::string_view blob, float (*convert)(Stored)) {
  if (blob.size() % sizeof(Stored) != 0) return {};
  std::vector<float> values(blob.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); i++) {
    Stored stored;
    std::memcpy(&stored, blob.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = convert(stored);
  }
  return values;
}

template <class To, class From>
To cast(From value) {
  return static_cast<To>(value);
}

float float_of_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace

std::string vector_blob(const float* values, std::size_t count, VectorType type) {
  switch (type) {
    case VectorType::float32: return write<float>(values, count, cast<float, float>);
    case VectorType::float64: return write<double>(values, count, cast<double, float>);
    case VectorType::float16: return write<_Float16>(values, count, cast<_Float16, float>);
    case VectorType::bfloat16: return write<std::uint16_t>(values, count, bfloat16);
    case VectorType::int8: return write<std::int8_t>(values, count, rounded<std::int8_t>);
    case VectorType::uint8: return write<std::uint8_t>(values, count, rounded<std::uint8_t>);
  }
  return {};
}

std::vector<float> vector_of_blob(std::string_view blob, VectorType type) {
  switch (type) {
    case VectorType::float32: return read<float>(blob, cast<float, float>);
    case VectorType::float64: return read<double>(blob, cast<float, double>);
    case VectorType::float16: return read<_Float16>(blob, cast<float, _Float16>);
    case VectorType::bfloat16: return read<std::uint16_t>(blob, float_of_bfloat16);
    case VectorType::int8: return read<std::int8_t>(blob, cast<float, std::int8_t>);
    case VectorType::uint8: return read<std::uint8_t>(blob, cast<float, std::uint8_t>);
  }
  return {};
}

}  // namespace sluice::search
