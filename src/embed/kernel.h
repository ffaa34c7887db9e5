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

// y = x · W + bias, with W = values × scales, one scale for each output.
struct PackedMatrix {
  int inputs = 0, outputs = 0;  // both padded
  const std::int8_t* values = nullptr;
  const float* scales = nullptr;
  const float* bias = nullptr;
  const std::int32_t* sums = nullptr;  // of the values of each output
};

// Rows in eight bits: x ≈ (value - zero) × scale, with a scale and a zero for each row. The order
// of the values is the kernel's own (blocks of rows, interleaved); room for rows × columns.
struct QuantizedRows {
  std::uint8_t* values = nullptr;
  float* scales = nullptr;
  std::int32_t* zeros = nullptr;
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
