#include "embed/tensor.h"

#include <bit>
#include <cstring>

namespace sluice::embed {

namespace {

template <class T>
T read(std::string_view bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
  return value;
}

// IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction.
float from_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16, exponent = half >> 10 & 31,
                      rest = half & 1023u;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000u | rest << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | rest << 13);
  const float tiny = static_cast<float>(rest) * 0x1p-24f;
  return sign != 0 ? -tiny : tiny;
}

}  // namespace

float Tensor::at(std::size_t index) const {
  switch (type) {
    case ElementType::f32: return read<float>(bytes, index);
    case ElementType::f16: return from_half(read<std::uint16_t>(bytes, index));
    case ElementType::bf16:
      return std::bit_cast<float>(std::uint32_t{read<std::uint16_t>(bytes, index)} << 16);
  }
  return 0;
}

std::string plain_name(std::string_view name) {
  for (const std::string_view prefix : {"model.", "bert."})
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return std::string(name);
}

Result<std::size_t> tensor_bytes(ElementType type, const std::vector<std::size_t>& dims) {
  constexpr std::size_t most = std::size_t{1} << 40;
  std::size_t bytes = bytes_of(type);
  for (const std::size_t dim : dims) {
    if (dim > most || (dim != 0 && bytes > most / dim))
      return fail(client_error("a tensor is larger than any model"));
    bytes *= dim;
  }
  return bytes;
}

}  // namespace sluice::embed
