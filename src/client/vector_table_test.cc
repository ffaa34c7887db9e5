#include "client/vector_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sluice::client {
namespace {

using Near = VectorTable::Near;

std::vector<float> random_vector(std::mt19937& random, std::size_t dims) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(dims);
  for (float& value : vector) value = normal(random);
  return vector;
}

std::size_t nearest_row(std::vector<Near> found) {
  return std::ranges::min_element(found, {}, &Near::distance)->row;
}

TEST(VectorTable, MeasuresCosinesWhateverTheLengths) {
  VectorTable table(2);
  table.add(std::vector<float>{3, 0});
  table.add(std::vector<float>{0, 1e-20f});
  table.add(std::vector<float>{0, 0});
  auto found = table.within(std::vector<float>{1e20f, 0}, 2);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].distance, 0);
  EXPECT_NEAR(found[1].distance, 1, 1e-6);
  EXPECT_EQ(table.within(std::vector<float>{1, 0}, 0).size(), 1u);
  EXPECT_TRUE(table.within(std::vector<float>{0, 0}, 2).empty());
}

TEST(VectorTable, MovesTheLastRowIntoTheGap) {
  VectorTable table(2);
  for (const auto& vector : {std::vector<float>{1, 0}, {0, 1}, {1, 1}}) table.add(vector);
  table.remove(0);
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(nearest_row(table.within(std::vector<float>{1, 1}, 2)), 0u);
  EXPECT_EQ(nearest_row(table.within(std::vector<float>{0, 1}, 2)), 1u);
  table.remove(1);
  table.remove(0);
  EXPECT_EQ(table.size(), 0u);
}

TEST(VectorTable, FindsInALargeTableWhatLookingAtAllFinds) {
  constexpr std::size_t dims = 64, rows = 3 * VectorTable::small / 2, queries = 100;
  std::mt19937 random(7);
  VectorTable table(dims);
  std::vector<std::vector<float>> kept;
  for (std::size_t i = 0; i < rows; i++) {
    kept.push_back(random_vector(random, dims));
    table.add(kept.back());
  }
  for (std::size_t i = 0; i < 500; i++) table.remove((i * 37) % table.size());
  std::size_t agree = 0;
  for (std::size_t i = 0; i < queries; i++) {
    std::vector<float> query = kept[i * 11];
    for (float& value : query) value += 0.3f * random_vector(random, 1)[0];
    const auto all = table.within(query, 2), some = table.nearest_within(query, 2, 5);
    EXPECT_LE(some.size(), 5u);
    if (nearest_row(all) == nearest_row(some)) agree++;
  }
  EXPECT_GE(agree, queries - 2);
}

}  // namespace
}  // namespace sluice::client
