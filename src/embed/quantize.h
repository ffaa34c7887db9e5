#pragma once
// Weights → eight bits, in the order that the kernels read.
#include <cstdint>
#include <span>

#include "embed/kernel.h"

namespace sluice::embed {

// Room for one matrix (of a model file, or of a test), all zero; `bias` is the caller's.
struct MatrixRoom {
  int inputs = 0, outputs = 0;  // padded
  std::span<std::int8_t> values;
  std::span<float> scales, sums;  // one for each output and each group of inputs
};

// Rounds `row` to steps of its largest magnitude / 127; returns the step (1 for a row of zeros).
float quantize_row(std::span<const float> row, std::span<std::int8_t> out);

// Sets one output of a matrix from its weights for each input, all multiplied by `factor`. Padded
// inputs stay 0.
void pack_output(std::span<const float> weights, float factor, int output, const MatrixRoom& room);

}  // namespace sluice::embed
