// Plain C++, which every machine runs.
#include <bit>

#include "vector/kernels.h"

namespace sluice::vector {
namespace {

std::size_t scan_blocks(const Scan& scan, Candidate* out) {
  std::size_t found = 0;
  const std::uint64_t* block = scan.codes;
  for (std::size_t i = 0; i < scan.blocks; i++, block += scan.words * block_rows) {
    for (std::size_t lane = 0; lane < block_rows; lane++) {
      std::uint32_t distance = 0;
      for (std::size_t w = 0; w < scan.words; w++)
        distance +=
            static_cast<std::uint32_t>(std::popcount(block[w * block_rows + lane] ^ scan.query[w]));
      if (distance >= scan.limit) continue;
      out[found++] =
          candidate(distance, scan.row + static_cast<std::uint32_t>(i * block_rows + lane));
    }
  }
  return found;
}

float dot_halves(const float* query, const Half* row, std::size_t count) {
  float sums[half_step] = {};
  for (std::size_t i = 0; i < count; i += half_step)
    for (std::size_t lane = 0; lane < half_step; lane++)
      sums[lane] += query[i + lane] * float_of(row[i + lane]);
  float sum = 0;
  for (const float each : sums) sum += each;
  return sum;
}

void round_to_halves(const float* values, std::size_t count, Half* out) {
  for (std::size_t i = 0; i < count; i++)
    out[i] = std::bit_cast<Half>(static_cast<_Float16>(values[i]));
}

}  // namespace

const Kernels portable_kernels{scan_blocks, dot_halves, round_to_halves};

}  // namespace sluice::vector
