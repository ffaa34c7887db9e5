// AVX2: bytes are widened to 16 bits, since the instruction that multiplies bytes saturates.
#if defined(__x86_64__)
#include <immintrin.h>

#include "embed/kernels.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

namespace sluice::embed {

namespace avx2 {
namespace {

// 3 rows × 4 vectors of sums, 3 of inputs and 1 of weights: all 16 registers.
constexpr int most_rows = 3;
constexpr int input_offset = 0;
constexpr int vectors = 4;           // of sums, in one pass over a panel
constexpr int columns_a_vector = 4;  // two sums for each column

// The sums of 16 columns, of which `panel` is the first one's place.
template <int rows>
inline void accumulate_half(const std::uint8_t* x, const std::int8_t* panel, int inputs,
                            std::int32_t* sums) {
  __m256i pairs[rows][vectors];
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) pairs[row][v] = _mm256_setzero_si256();
  for (int input = 0; input < inputs; input += packed_inputs) {
    __m256i values[rows];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
      std::int32_t four;
      __builtin_memcpy(&four, x + row * packed_inputs, sizeof four);
      values[row] = _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      const auto* bytes = reinterpret_cast<const __m128i*>(panel) + v;
      const __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128(bytes));
#pragma clang loop unroll(full)
      for (int row = 0; row < rows; row++)
        pairs[row][v] = _mm256_add_epi32(pairs[row][v], _mm256_madd_epi16(values[row], weights));
    }
    x += rows * packed_inputs;
    panel += panel_columns * packed_inputs;
  }
#pragma clang loop unroll(full)
  for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v += 2) {
      // Neighbours are added within halves of a register: columns 0 1 4 5 2 3 6 7.
      const __m256i mixed = _mm256_hadd_epi32(pairs[row][v], pairs[row][v + 1]);
      _mm256_storeu_si256(
          reinterpret_cast<__m256i*>(sums + row * panel_columns + v * columns_a_vector),
          _mm256_permute4x64_epi64(mixed, _MM_SHUFFLE(3, 1, 2, 0)));
    }
  }
}

template <int rows>
inline void accumulate_rows(const std::uint8_t* x, const std::int8_t* panel, int inputs,
                            std::int32_t* sums) {
  constexpr int half = vectors * columns_a_vector;
  accumulate_half<rows>(x, panel, inputs, sums);
  accumulate_half<rows>(x, panel + half * packed_inputs, inputs, sums + half);
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

}  // namespace
}  // namespace avx2

const Kernel avx2_kernel = {
    .level = CpuLevel::avx2,
    .quantize = avx2::quantize,
    .multiply = avx2::multiply,
    .add_and_normalize = avx2::add_and_normalize,
    .attend = avx2::attend,
};

}  // namespace sluice::embed

#pragma clang attribute pop
#endif
