// AVX-512 with VNNI: one instruction multiplies 64 pairs of bytes and adds them up in fours.
#if defined(__x86_64__)
#include <immintrin.h>

#include <array>
#include <utility>

#include "embed/kernels.h"

#pragma clang attribute push(                                                               \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
    apply_to = function)

namespace sluice::embed {

namespace avx512 {
namespace {

// 14 rows × 2 vectors of sums, 2 of weights and 1 of inputs: 31 of the 32 registers.
constexpr int most_rows = 14;
constexpr int input_offset = 0;

template <int rows>
void accumulate_rows(const std::uint8_t* x, const std::int8_t* panel, int inputs,
                     std::int32_t* sums) {
  constexpr int step = panel_columns * packed_inputs;
  constexpr int ahead = 16 * step;  // bytes; the weights come from the third-level cache
  __m512i left[rows], right[rows];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) left[row] = right[row] = _mm512_setzero_si512();
  for (int input = 0; input < inputs; input += packed_inputs) {
    const __m512i weights_left = _mm512_loadu_si512(panel);
    const __m512i weights_right = _mm512_loadu_si512(panel + 64);
    _mm_prefetch(panel + ahead, _MM_HINT_T0);
    _mm_prefetch(panel + ahead + 64, _MM_HINT_T0);
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      std::int32_t four;
      __builtin_memcpy(&four, x + row * packed_inputs, sizeof four);
      const __m512i values = _mm512_set1_epi32(four);
      left[row] = _mm512_dpbusd_epi32(left[row], values, weights_left);
      right[row] = _mm512_dpbusd_epi32(right[row], values, weights_right);
    }
    x += rows * packed_inputs;
    panel += step;
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
    _mm512_storeu_si512(sums + row * panel_columns, left[row]);
    _mm512_storeu_si512(sums + row * panel_columns + panel_columns / 2, right[row]);
  }
}

using Accumulate = void (*)(const std::uint8_t*, const std::int8_t*, int, std::int32_t*);

template <int... rows>
constexpr std::array<Accumulate, most_rows> for_each_count(std::integer_sequence<int, rows...>) {
  return {accumulate_rows<rows + 1>...};
}

constexpr auto accumulate_by_rows = for_each_count(std::make_integer_sequence<int, most_rows>());

inline void accumulate(const std::uint8_t* x, int rows, const std::int8_t* panel, int inputs,
                       std::int32_t* sums) {
  accumulate_by_rows[static_cast<std::size_t>(rows - 1)](x, panel, inputs, sums);
}

#include "embed/kernel_body.inc"

}  // namespace
}  // namespace avx512

const Kernel avx512_kernel = {
    .level = CpuLevel::avx512,
    .quantize = avx512::quantize,
    .multiply = avx512::multiply,
    .add_and_normalize = avx512::add_and_normalize,
    .attend = avx512::attend,
};

}  // namespace sluice::embed

#pragma clang attribute pop
#endif
