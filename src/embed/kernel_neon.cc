// NEON, with the dot-product instructions where the processor has them. Both want signed bytes.
#if defined(__aarch64__)
#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

#include <span>

#include "embed/kernels.h"

namespace sluice::embed {

namespace {

constexpr int vector_columns = 4;  // of a vector of sums
constexpr int vectors = panel_columns / vector_columns;
constexpr int panel_step = panel_columns * packed_inputs;

inline std::int32_t four_of(const std::uint8_t* x) {
  std::int32_t four;
  __builtin_memcpy(&four, x, sizeof four);
  return four;
}

}  // namespace

namespace neon {
namespace {

constexpr int most_rows = 1;  // its sums take 16 registers
constexpr int input_offset = 128;

inline void accumulate(const std::uint8_t* x, int, const std::int8_t* panel, int inputs,
                       std::int32_t* sums) {
  int32x4_t pairs[vectors * 2] = {};  // two sums for each column
  // Eight inputs at once: two products, of at most 128 · 127, fit 16 bits.
  for (int input = 0; input < inputs; input += 2 * packed_inputs) {
    const int8x8_t first = vreinterpret_s8_s32(vdup_n_s32(four_of(x)));
    const int8x8_t second = vreinterpret_s8_s32(vdup_n_s32(four_of(x + packed_inputs)));
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors * 2; v++) {
      const int16x8_t products = vmull_s8(first, vld1_s8(panel + v * 8));
      pairs[v] =
          vpadalq_s16(pairs[v], vmlal_s8(products, second, vld1_s8(panel + panel_step + v * 8)));
    }
    x += 2 * packed_inputs;
    panel += 2 * panel_step;
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++)
    vst1q_s32(sums + v * vector_columns, vpaddq_s32(pairs[2 * v], pairs[2 * v + 1]));
}

#include "embed/kernel_body.inc"

constexpr Kernel kernel = {
    .level = CpuLevel::neon,
    .quantize = quantize,
    .multiply = multiply,
    .add_and_normalize = add_and_normalize,
    .attend = attend,
};

}  // namespace
}  // namespace neon

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

namespace neon_dot {
namespace {

// 3 rows × 8 vectors of sums, 3 of inputs and 1 of weights: 28 of the 32 registers.
constexpr int most_rows = 3;
constexpr int input_offset = 128;

template <int rows>
inline void accumulate_rows(const std::uint8_t* x, const std::int8_t* panel, int inputs,
                            std::int32_t* sums) {
  int32x4_t totals[rows][vectors] = {};
  for (int input = 0; input < inputs; input += packed_inputs) {
    int8x16_t values[rows];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++)
      values[row] = vreinterpretq_s8_s32(vdupq_n_s32(four_of(x + row * packed_inputs)));
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      const int8x16_t weights = vld1q_s8(panel + v * vector_columns * packed_inputs);
#pragma clang loop unroll(full)
      for (int row = 0; row < rows; row++)
        totals[row][v] = vdotq_s32(totals[row][v], weights, values[row]);
    }
    x += rows * packed_inputs;
    panel += panel_step;
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      vst1q_s32(sums + row * panel_columns + v * vector_columns, totals[row][v]);
}

inline void accumulate(const std::uint8_t* x, int rows, const std::int8_t* panel, int inputs,
                       std::int32_t* sums) {
  switch (rows) {
    case 1: return accumulate_rows<1>(x, panel, inputs, sums);
    case 2: return accumulate_rows<2>(x, panel, inputs, sums);
    default: return accumulate_rows<3>(x, panel, inputs, sums);
  }
}

#include "embed/kernel_body.inc"

constexpr Kernel kernel = {
    .level = CpuLevel::neon,
    .quantize = quantize,
    .multiply = multiply,
    .add_and_normalize = add_and_normalize,
    .attend = attend,
};

}  // namespace
}  // namespace neon_dot

#pragma clang attribute pop

std::span<const Kernel* const> neon_kernels() {
  static constexpr const Kernel* both[] = {&neon::kernel, &neon_dot::kernel};
  const bool has_dot_product = (::getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
  return {both, has_dot_product ? 2u : 1u};
}

}  // namespace sluice::embed
#endif
