// AVX2 with FMA and F16C (Haswell, Zen and later). Bits are counted by looking up half bytes
// (Muła, Kurz, Lemire: "Faster population counts using AVX2 instructions", 2018).
#include "vector/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <bit>

#define SLUICE_AVX2 __attribute__((target("avx2,fma,f16c,popcnt")))

namespace sluice::vector {
namespace {

// A byte counts at most 8 bits a word.
constexpr std::size_t words_before_overflow = 255 / 8;

SLUICE_AVX2 __m256i bits_of_bytes(__m256i bytes) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i low = _mm256_set1_epi8(15);
  const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), low);
  return _mm256_add_epi8(_mm256_shuffle_epi8(table, _mm256_and_si256(bytes, low)),
                         _mm256_shuffle_epi8(table, upper));
}

// Of four rows, one to each 64-bit lane.
SLUICE_AVX2 __m256i differing_bits(const std::uint64_t* rows, const Scan& scan) {
  __m256i sum = _mm256_setzero_si256();
  for (std::size_t w = 0; w < scan.words;) {
    __m256i bytes = _mm256_setzero_si256();
    const std::size_t end = std::min(scan.words, w + words_before_overflow);
    for (; w < end; w++) {
      const __m256i row =
          _mm256_load_si256(reinterpret_cast<const __m256i*>(rows + w * block_rows));
      const __m256i query = _mm256_set1_epi64x(static_cast<long long>(scan.query[w]));
      bytes = _mm256_add_epi8(bytes, bits_of_bytes(_mm256_xor_si256(row, query)));
    }
    sum = _mm256_add_epi64(sum, _mm256_sad_epu8(bytes, _mm256_setzero_si256()));
  }
  return sum;
}

SLUICE_AVX2 std::size_t scan_blocks(const Scan& scan, Candidate* out) {
  // Compared as signed numbers; distances are far below the sign.
  const __m256i limit = _mm256_set1_epi64x(scan.limit);
  std::size_t found = 0;
  const std::uint64_t* block = scan.codes;
  for (std::size_t i = 0; i < scan.blocks; i++, block += scan.words * block_rows) {
    for (std::size_t half = 0; half < block_rows; half += 4) {
      const __m256i bits = differing_bits(block + half, scan);
      const __m256i near = _mm256_cmpgt_epi64(limit, bits);
      auto wanted = static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(near)));
      if (wanted == 0) [[likely]]
        continue;
      alignas(32) std::uint64_t distances[4];
      _mm256_store_si256(reinterpret_cast<__m256i*>(distances), bits);
      for (; wanted != 0; wanted &= wanted - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(wanted));
        const std::size_t row = scan.row + i * block_rows + half + lane;
        out[found++] = candidate(distances[lane], static_cast<std::uint32_t>(row));
      }
    }
  }
  return found;
}

SLUICE_AVX2 float dot_halves(const float* query, const Half* row, std::size_t count) {
  __m256 even = _mm256_setzero_ps(), odd = _mm256_setzero_ps();
  for (std::size_t i = 0; i < count; i += half_step) {
    const auto* halves = reinterpret_cast<const __m128i*>(row + i);
    even =
        _mm256_fmadd_ps(_mm256_loadu_ps(query + i), _mm256_cvtph_ps(_mm_loadu_si128(halves)), even);
    odd = _mm256_fmadd_ps(_mm256_loadu_ps(query + i + 8),
                          _mm256_cvtph_ps(_mm_loadu_si128(halves + 1)), odd);
  }
  alignas(32) float sums[8];
  _mm256_store_ps(sums, _mm256_add_ps(even, odd));
  float sum = 0;
  for (const float each : sums) sum += each;
  return sum;
}

SLUICE_AVX2 void round_to_halves(const float* values, std::size_t count, Half* out) {
  for (std::size_t i = 0; i < count; i += 8) {
    const __m128i halves = _mm256_cvtps_ph(_mm256_loadu_ps(values + i), _MM_FROUND_TO_NEAREST_INT);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), halves);
  }
}

}  // namespace

const Kernels avx2_kernels{scan_blocks, dot_halves, round_to_halves};

}  // namespace sluice::vector
#endif
