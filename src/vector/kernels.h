#pragma once
// The two loops that a search spends its time in, for each kind of machine. Pure; any thread.
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/cpu.h"

namespace sluice::vector {

// A code is the sign bits of a vector. Codes lie in blocks of eight rows, word by word, so that one
// 512-bit load holds the same word of eight rows and no sum across lanes is needed:
// word w of row r is at (r / 8 * words + w) * 8 + r % 8.
constexpr std::size_t block_rows = 8;
constexpr std::size_t code_at(std::size_t row, std::size_t word, std::size_t words) {
  return (row / block_rows * words + word) * block_rows + row % block_rows;
}

// A row that may be near: the bits in which its code differs above, its number below, so that
// comparing candidates compares distances.
using Candidate = std::uint64_t;
constexpr Candidate candidate(std::uint64_t distance, std::uint32_t row) {
  return distance << 32 | row;
}
constexpr std::uint32_t distance_of(Candidate candidate) {
  return static_cast<std::uint32_t>(candidate >> 32);
}
constexpr std::uint32_t row_of(Candidate candidate) {
  return static_cast<std::uint32_t>(candidate);
}

struct Scan {
  const std::uint64_t* codes;  // aligned to 64 bytes
  std::size_t blocks;          // whole ones
  std::size_t words;           // of a code
  const std::uint64_t* query;
  std::uint32_t limit;  // rows that differ in fewer bits are wanted
  std::uint32_t row;    // number of the first row
};

// An IEEE 754 binary16, as its bits.
using Half = std::uint16_t;
// Exact for what is finite, as rows are. The compiler's own conversion is a call for each value.
inline float float_of(Half half) {
  const float magnitude = std::bit_cast<float>((half & 0x7fffU) << 13) * 0x1p112F;
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | (half & 0x8000U) << 16);
}

// Rows of halves are padded with zeros to a multiple of this.
constexpr std::size_t half_step = 16;

struct Kernels {
  // Writes the wanted rows to `out`, which has room for all of them; returns how many.
  std::size_t (*scan)(const Scan& scan, Candidate* out);
  // Inner product; `count` is a multiple of half_step.
  float (*dot)(const float* query, const Half* row, std::size_t count);
  // Rounds each value to the nearest half; `count` likewise.
  void (*round)(const float* values, std::size_t count, Half* out);
};

// Those of a level that this machine has.
const Kernels& kernels_of(CpuLevel level);

extern const Kernels portable_kernels;
#if defined(__x86_64__)
extern const Kernels avx2_kernels, avx512_kernels;
#elif defined(__aarch64__)
extern const Kernels neon_kernels;
#endif

}  // namespace sluice::vector
