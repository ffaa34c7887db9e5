#pragma once
// The weights of a published model by their names in PyTorch, as views of the file they came in.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::embed {

enum class ElementType { f32, f16, bf16 };

constexpr std::size_t bytes_of(ElementType type) { return type == ElementType::f32 ? 4 : 2; }

struct Tensor {
  ElementType type = ElementType::f32;
  std::vector<std::size_t> dims;
  std::string_view bytes;  // rows first; as many as dims and type ask for
  // Stored [inputs][outputs], as ONNX does; PyTorch stores [outputs][inputs].
  bool transposed = false;

  float at(std::size_t index) const;
  std::size_t count() const { return bytes.size() / bytes_of(type); }
};

using Tensors = std::map<std::string, Tensor, std::less<>>;

// A parameter's name without "bert." or "model.", which come from how the published object was
// wrapped.
std::string plain_name(std::string_view name);

// Bytes that a tensor of these dimensions has; nothing when the number is too large.
Result<std::size_t> tensor_bytes(ElementType type, const std::vector<std::size_t>& dims);

}  // namespace sluice::embed
