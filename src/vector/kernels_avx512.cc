// AVX-512 with VPOPCNTDQ (Ice Lake, Zen 4 and later).
#include "vector/kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <bit>

#define SLUICE_AVX512 \
  __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq,f16c,popcnt")))

namespace sluice::vector {
namespace {

SLUICE_AVX512 __m512i differing_bits(const std::uint64_t* block, const Scan& scan) {
  __m512i sum = _mm512_setzero_si512();
  for (std::size_t w = 0; w < scan.words; w++) {
    const __m512i rows = _mm512_load_si512(block + w * block_rows);
    const __m512i query = _mm512_set1_epi64(static_cast<long long>(scan.query[w]));
    sum = _mm512_add_epi64(sum, _mm512_popcnt_epi64(_mm512_xor_si512(rows, query)));
  }
  return sum;
}

SLUICE_AVX512 std::size_t scan_blocks(const Scan& scan, Candidate* out) {
  const __m512i limit = _mm512_set1_epi64(scan.limit);
  const __m512i lanes = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  std::size_t found = 0;
  const std::uint64_t* block = scan.codes;
  for (std::size_t i = 0; i < scan.blocks; i++, block += scan.words * block_rows) {
    const __m512i bits = differing_bits(block, scan);
    const __mmask8 wanted = _mm512_cmplt_epu64_mask(bits, limit);
    if (wanted == 0) [[likely]]
      continue;
    const __m512i first = _mm512_set1_epi64(static_cast<long long>(scan.row + i * block_rows));
    const __m512i rows = _mm512_add_epi64(first, lanes);
    const __m512i candidates = _mm512_or_si512(_mm512_slli_epi64(bits, 32), rows);
    _mm512_mask_compressstoreu_epi64(out + found, wanted, candidates);
    found += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(wanted)));
  }
  return found;
}

SLUICE_AVX512 float dot_halves(const float* query, const Half* row, std::size_t count) {
  __m512 even = _mm512_setzero_ps(), odd = _mm512_setzero_ps();
  const auto at = [&](std::size_t i) SLUICE_AVX512 {
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(row + i)));
  };
  std::size_t i = 0;
  for (; i + 2 * half_step <= count; i += 2 * half_step) {
    even = _mm512_fmadd_ps(_mm512_loadu_ps(query + i), at(i), even);
    odd = _mm512_fmadd_ps(_mm512_loadu_ps(query + i + half_step), at(i + half_step), odd);
  }
  if (i < count) even = _mm512_fmadd_ps(_mm512_loadu_ps(query + i), at(i), even);
  return _mm512_reduce_add_ps(_mm512_add_ps(even, odd));
}

SLUICE_AVX512 void round_to_halves(const float* values, std::size_t count, Half* out) {
  for (std::size_t i = 0; i < count; i += half_step) {
    const __m256i halves = _mm512_cvtps_ph(_mm512_loadu_ps(values + i), _MM_FROUND_TO_NEAREST_INT);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), halves);
  }
}

}  // namespace

const Kernels avx512_kernels{scan_blocks, dot_halves, round_to_halves};

}  // namespace sluice::vector
#endif
