// ARM's NEON, which every 64-bit ARM has.
#include "vector/kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#include <algorithm>

namespace sluice::vector {
namespace {

// A byte counts at most 8 bits a word.
constexpr std::size_t words_before_overflow = 255 / 8;

// Of two rows, one to each 64-bit lane.
uint64x2_t differing_bits(const std::uint64_t* rows, const Scan& scan) {
  uint64x2_t sum = vdupq_n_u64(0);
  for (std::size_t w = 0; w < scan.words;) {
    uint8x16_t bytes = vdupq_n_u8(0);
    const std::size_t end = std::min(scan.words, w + words_before_overflow);
    for (; w < end; w++) {
      const uint64x2_t differing =
          veorq_u64(vld1q_u64(rows + w * block_rows), vdupq_n_u64(scan.query[w]));
      bytes = vaddq_u8(bytes, vcntq_u8(vreinterpretq_u8_u64(differing)));
    }
    sum = vaddq_u64(sum, vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(bytes))));
  }
  return sum;
}

std::size_t scan_blocks(const Scan& scan, Candidate* out) {
  std::size_t found = 0;
  const std::uint64_t* block = scan.codes;
  for (std::size_t i = 0; i < scan.blocks; i++, block += scan.words * block_rows) {
    for (std::size_t pair = 0; pair < block_rows; pair += 2) {
      const uint64x2_t bits = differing_bits(block + pair, scan);
      const std::uint64_t distances[2] = {vgetq_lane_u64(bits, 0), vgetq_lane_u64(bits, 1)};
      for (std::size_t lane = 0; lane < 2; lane++) {
        if (distances[lane] >= scan.limit) continue;
        const std::size_t row = scan.row + i * block_rows + pair + lane;
        out[found++] = candidate(distances[lane], static_cast<std::uint32_t>(row));
      }
    }
  }
  return found;
}

float32x4_t floats_of(const Half* halves) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(halves)));
}

float dot_halves(const float* query, const Half* row, std::size_t count) {
  float32x4_t sums[4] = {};
  for (std::size_t i = 0; i < count; i += half_step)
    for (std::size_t part = 0; part < 4; part++)
      sums[part] =
          vfmaq_f32(sums[part], vld1q_f32(query + i + part * 4), floats_of(row + i + part * 4));
  return vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3])));
}

void round_to_halves(const float* values, std::size_t count, Half* out) {
  for (std::size_t i = 0; i < count; i += 4)
    vst1_u16(out + i, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(values + i))));
}

}  // namespace

const Kernels neon_kernels{scan_blocks, dot_halves, round_to_halves};

}  // namespace sluice::vector
#endif
