#include "vector/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "vector/segment.h"

namespace sluice::vector {
namespace {

std::vector<CpuLevel> levels_here() {
  std::vector<CpuLevel> levels;
  for (const auto level : {CpuLevel::neon, CpuLevel::avx2, CpuLevel::avx512})
    if (cpu_has(level)) levels.push_back(level);
  return levels;
}

struct alignas(64) Block {
  std::uint64_t words[block_rows];
};

std::vector<Candidate> scan_with(const Kernels& kernels, const std::vector<Block>& codes,
                                 const std::vector<std::uint64_t>& query, std::uint32_t limit) {
  const std::size_t blocks = codes.size() / query.size();
  std::vector<Candidate> found(blocks * block_rows);
  found.resize(kernels.scan({.codes = codes[0].words,
                             .blocks = blocks,
                             .words = query.size(),
                             .query = query.data(),
                             .limit = limit,
                             .row = 5000},
                            found.data()));
  std::sort(found.begin(), found.end());
  return found;
}

TEST(Kernels, CountBitsAlikeOnEveryMachine) {
  std::mt19937_64 random(1);
  for (const std::size_t words : {1, 2, 6, 24, 31, 32, 63, 100}) {
    std::vector<std::uint64_t> query(words);
    for (auto& word : query) word = random();
    std::vector<Block> codes(words * 40);
    for (auto& block : codes)
      for (auto& word : block.words) word = random();
    for (std::size_t w = 0; w < words; w++) {  // as near and as far as can be
      codes[w].words[3] = query[w];
      codes[w].words[4] = ~query[w];
    }
    const auto bits = static_cast<std::uint32_t>(words * 64);
    for (const std::uint32_t limit : {0U, 1U, bits / 2, bits, bits + 1, ~0U}) {
      const auto expected = scan_with(portable_kernels, codes, query, limit);
      for (const CpuLevel level : levels_here())
        EXPECT_EQ(scan_with(kernels_of(level), codes, query, limit), expected)
            << cpu_level_name(level) << ", " << words << " words below " << limit;
    }
    const auto all = scan_with(portable_kernels, codes, query, ~0U);
    ASSERT_EQ(all.size(), 320u);
    EXPECT_EQ(all.front(), candidate(0, 5003));
    EXPECT_EQ(all.back(), candidate(bits, 5004));
  }
}

TEST(Kernels, MultiplyAlikeOnEveryMachine) {
  std::mt19937 random(2);
  std::normal_distribution<float> normal(0, .1F);
  for (std::size_t count = half_step; count <= 6 * half_step; count += half_step) {
    std::vector<float> query(count), row(count);
    for (auto& value : query) value = normal(random);
    for (auto& value : row) value = normal(random);
    std::vector<Half> halves(count);
    portable_kernels.round(row.data(), count, halves.data());
    double exact = 0;
    for (std::size_t i = 0; i < count; i++) exact += static_cast<double>(query[i]) * row[i];
    EXPECT_NEAR(portable_kernels.dot(query.data(), halves.data(), count), exact, 1e-3);
    for (const CpuLevel level : levels_here()) {
      std::vector<Half> rounded(count);
      kernels_of(level).round(row.data(), count, rounded.data());
      EXPECT_EQ(rounded, halves) << cpu_level_name(level);
      EXPECT_NEAR(kernels_of(level).dot(query.data(), halves.data(), count),
                  portable_kernels.dot(query.data(), halves.data(), count), 1e-5)
          << cpu_level_name(level);
    }
  }
}

TEST(Kernels, RoundToTheNearestHalf) {
  const std::vector<float> values{0,     -0.0F, 1,    -1,   65504,       1e6F, -1e6F, 6e-8F,
                                  1e-9F, .1F,   2049, 2051, .333333343F, .5F,  1e-5F, -.7F};
  const std::vector<Half> halves{0x0000, 0x8000, 0x3c00, 0xbc00, 0x7bff, 0x7c00, 0xfc00, 0x0001,
                                 0x0000, 0x2e66, 0x6800, 0x6802, 0x3555, 0x3800, 0x00a8, 0xb99a};
  std::vector<Half> rounded(values.size());
  portable_kernels.round(values.data(), values.size(), rounded.data());
  EXPECT_EQ(rounded, halves);
  for (const CpuLevel level : levels_here()) {
    kernels_of(level).round(values.data(), values.size(), rounded.data());
    EXPECT_EQ(rounded, halves) << cpu_level_name(level);
  }
}

}  // namespace
}  // namespace sluice::vector
