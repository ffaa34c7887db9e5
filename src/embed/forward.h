#pragma once
// The forward pass of a BERT: ids → the last layer's rows → one vector.
#include <cstdint>
#include <span>
#include <vector>

#include "embed/kernel.h"
#include "embed/model_file.h"

namespace sluice::embed {

// Memory of one pass, kept for the next; of one thread.
class Workspace {
 public:
  // Rows of `rows` tokens for a model of that shape.
  void fit(const Shape& shape, int rows);

  std::span<float> x, mixed, wide, qkv, scratch;
  QuantizedRows quantized;

 private:
  std::vector<float> floats_;
  std::vector<std::uint8_t> bytes_;
};

// `ids`: at least one and at most shape().positions, each within the vocabulary. `out`: hidden
// floats, of length 1 together.
void forward(const ModelFile& model, const Kernel& kernel, std::span<const std::uint32_t> ids,
             Workspace& workspace, std::span<float> out);

}  // namespace sluice::embed
