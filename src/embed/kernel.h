#pragma once
// The arithmetic of the encoder, once for each instruction set. All kernels give the same bits, so
// that vectors from any machine can be compared. Pure functions; any thread.
//
// All matrices are row-major and their rows padded with zeros to a multiple of `panel_columns`.
#include <cstddef>
#include <cstdint>

#include "base/cpu.h"

namespace sluice::embed {

// Weights lie in panels of 32 output columns, and within one as the dot-product instructions of all
// instruction sets want them: weight[input][output] is byte
//   ((output / 32 * (inputs / 4) + input / 4) * 32 + output % 32) * 4 + input % 4
constexpr int panel_columns = 32;
constexpr int packed_inputs = 4;

constexpr int padded(int columns) {
  return (columns + panel_columns - 1) / panel_columns * panel_columns;
}

// Inputs that share a scale: 128 of them, or fewer where a matrix has no multiple of that. One
// scale for all 384 inputs of MiniLM costs twice the error, and brings texts of one or two words
// down to .992 of cosine with 32 bits; groups of 128 keep them above .997.
constexpr int group_of(int inputs) {
  for (const int size : {128, 96, 64})
    if (inputs % size == 0) return size;
  return 32;
}
constexpr int groups_of(int inputs) { return inputs / group_of(inputs); }

// y = x · W + bias. W is values × scales, with a scale for each output and each group of inputs:
// that of output o and group g is number (o / 32 · groups + g) · 32 + o % 32.
struct PackedMatrix {
  int inputs = 0, outputs = 0;  // both padded
  const std::int8_t* values = nullptr;
  const float* scales = nullptr;
  const float* sums = nullptr;  // of the values; whole numbers, in the order of the scales
  const float* bias = nullptr;
};

// Rows in eight bits: x ≈ (value - zero) × scale, with a scale and a zero (a whole number) for each
// group of each row. The order of the values is the kernel's own (blocks of rows, interleaved);
// room for rows × columns of them, and rows × groups_of(columns) of the others.
struct QuantizedRows {
  std::uint8_t* values = nullptr;
  float* scales = nullptr;
  float* zeros = nullptr;
};

struct Norm {
  const float* scale = nullptr;
  const float* shift = nullptr;
  float epsilon = 0;
};

// Self-attention over `rows` rows that each hold queries, keys and values side by side, `width`
// floats of each (heads × head size). The queries are scaled already.
struct Attention {
  int rows = 0, heads = 0, head_size = 0;
  int stride = 0;      // floats from one row of queries to the next
  int out_stride = 0;  // of the output
};

enum class Activation { none, gelu };

struct Kernel {
  CpuLevel level;
  void (*quantize)(const float* x, int rows, int columns, QuantizedRows& out);
  // `out`: rows × matrix.outputs.
  void (*multiply)(const QuantizedRows& x, int rows, const PackedMatrix& matrix,
                   Activation activation, float* out);
  // x ← norm(x + added), over `width` columns of rows that are padded(width) apart; `added` may be
  // null.
  void (*add_and_normalize)(float* x, const float* added, int rows, int width, const Norm& norm);
  // `scratch`: attention_scratch(shape) floats.
  void (*attend)(const float* qkv, const Attention& shape, float* scratch, float* out);
};

// Floats that `attend` needs as scratch.
std::size_t attention_scratch(const Attention& shape);

// The kernel of that level, or the portable one where the machine or the build lacks it.
const Kernel& kernel_for(CpuLevel level);

}  // namespace sluice::embed
