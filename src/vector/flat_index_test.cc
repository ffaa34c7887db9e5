#include "vector/flat_index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <thread>

namespace sluice::vector {
namespace {

using Vector = std::vector<float>;

constexpr Moment now{std::chrono::milliseconds(1'000'000)};

Vector random_vector(std::size_t dims, std::mt19937& random) {
  std::normal_distribution<float> normal;
  Vector vector(dims);
  for (auto& value : vector) value = normal(random);
  return vector;
}

double cosine(const Vector& a, const Vector& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); i++)
    ab += double{a[i]} * b[i], aa += double{a[i]} * a[i], bb += double{b[i]} * b[i];
  return ab / std::sqrt(aa * bb);
}

// Another vector with about this cosine.
Vector near(const Vector& vector, double wanted, std::mt19937& random) {
  const Vector noise = random_vector(vector.size(), random);
  const double a = std::sqrt(cosine(vector, vector)), angle = std::acos(wanted);
  double length = 0, other = 0;
  for (const float v : vector) length += double{v} * v;
  for (const float v : noise) other += double{v} * v;
  Vector result(vector.size());
  for (std::size_t i = 0; i < vector.size(); i++)
    result[i] = static_cast<float>(a * std::cos(angle) * vector[i] / std::sqrt(length) +
                                   std::sin(angle) * noise[i] / std::sqrt(other));
  return result;
}

std::vector<std::uint64_t> ids(const std::vector<Hit>& hits) {
  std::vector<std::uint64_t> found;
  for (const Hit& hit : hits) found.push_back(hit.id);
  return found;
}

TEST(FlatIndex, FindsTheNearestWithItsCosine) {
  std::mt19937 random(1);
  for (const std::size_t dims : {2, 3, 63, 64, 65, 384, 769, 1536, 3072}) {
    FlatIndex index(dims);
    std::vector<Vector> vectors;
    for (std::uint64_t id = 0; id < 300; id++) {
      vectors.push_back(random_vector(dims, random));
      ASSERT_TRUE(index.insert(id, vectors.back(), never_ends));
    }
    for (std::size_t i = 0; i < vectors.size(); i += 29) {
      const Vector query = near(vectors[i], .95, random);
      std::uint64_t best = 0;
      for (std::uint64_t id = 0; id < vectors.size(); id++)
        if (cosine(query, vectors[id]) > cosine(query, vectors[best])) best = id;
      const auto hits = index.nearest(query, 1, now);
      ASSERT_EQ(hits.size(), 1u);
      EXPECT_NEAR(hits[0].cosine, cosine(query, vectors[best]), 1e-4) << dims << " dimensions";
    }
  }
}

TEST(FlatIndex, OrdersHitsAndKeepsToTheirNumber) {
  FlatIndex index(2);
  for (int i = 0; i < 10; i++)
    index.insert(
        static_cast<std::uint64_t>(i),
        Vector{std::cos(.1F * static_cast<float>(i)), std::sin(.1F * static_cast<float>(i))},
        never_ends);
  EXPECT_EQ(ids(index.nearest(Vector{1, .32F}, 3, now)), (std::vector<std::uint64_t>{3, 4, 2}));
  EXPECT_EQ(index.nearest(Vector{1, 0}, 100, now).size(), 10u);
  EXPECT_TRUE(index.nearest(Vector{1, 0}, 0, now).empty());
}

TEST(FlatIndex, GivesExactlyOneForTheSameVectorOfAnyLength) {
  std::mt19937 random(3);
  FlatIndex index(384);
  const Vector vector = random_vector(384, random);
  index.insert(1, vector, never_ends);
  Vector scaled = vector;
  for (float& value : scaled) value *= 1000;
  EXPECT_NEAR(index.nearest(vector, 1, now)[0].cosine, 1, 1e-6);
  EXPECT_NEAR(index.nearest(scaled, 1, now)[0].cosine, 1, 1e-6);
  for (float& value : scaled) value = -value;
  EXPECT_NEAR(index.nearest(scaled, 1, now)[0].cosine, -1, 1e-6);
}

TEST(FlatIndex, RefusesWhatHasNoDirection) {
  FlatIndex index(3);
  const float infinite = std::numeric_limits<float>::infinity();
  const float none = std::numeric_limits<float>::quiet_NaN();
  for (const Vector& bad : {Vector{}, Vector{1, 2}, Vector{1, 2, 3, 4}, Vector{0, 0, 0},
                            Vector{1, none, 0}, Vector{infinite, 0, 0}, Vector{0, 0, -infinite}}) {
    EXPECT_FALSE(index.insert(1, bad, never_ends));
    EXPECT_TRUE(index.nearest(bad, 1, now).empty());
  }
  EXPECT_EQ(index.size(), 0u);
  EXPECT_TRUE(index.insert(1, Vector{1e-30F, 3e30F, -1e30F}, never_ends)) << "large is fine";
  EXPECT_NEAR(index.nearest(Vector{0, 3, -1}, 1, now)[0].cosine, 1, 1e-5);
}

TEST(FlatIndex, SkipsWhatHasEndedOrBeenErased) {
  FlatIndex index(2);
  index.insert(1, Vector{1, 0}, now);
  index.insert(2, Vector{1, .1F}, now + std::chrono::milliseconds(1));
  index.insert(3, Vector{1, .2F}, never_ends);
  EXPECT_EQ(ids(index.nearest(Vector{1, 0}, 3, now)), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_TRUE(index.erase(2));
  EXPECT_FALSE(index.erase(2));
  EXPECT_FALSE(index.erase(0));
  EXPECT_FALSE(index.erase(4));
  EXPECT_EQ(ids(index.nearest(Vector{1, 0}, 3, now)), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(index.size(), 2u) << "what has ended stays until it is erased";
}

TEST(FlatIndex, FindsTheOneThatIsLeftBehindManyDeadOnes) {
  FlatIndex index(64);
  std::mt19937 random(5);
  const Vector query = random_vector(64, random);
  for (std::uint64_t id = 0; id < 3000; id++) index.insert(id, near(query, .999, random), now);
  index.insert(3000, near(query, .8, random), never_ends);
  EXPECT_EQ(ids(index.nearest(query, 1, now)), (std::vector<std::uint64_t>{3000}));
}

TEST(FlatIndex, StaysTrueToAModelThroughInsertsAndErasures) {
  constexpr std::size_t dims = 32;
  std::mt19937 random(7);
  FlatIndex index(dims);
  std::map<std::uint64_t, Vector> model;
  std::uint64_t next = 0;
  for (int step = 0; step < 8000; step++) {
    // Grows, shrinks to little, grows again.
    const bool grow = (step / 2000) % 2 == 0 ? random() % 10 != 0 : random() % 10 == 0;
    if (grow || model.empty()) {
      next += 1 + random() % 3;
      model[next] = random_vector(dims, random);
      ASSERT_TRUE(index.insert(next, model[next], never_ends));
    } else {
      auto at = model.lower_bound(random() % (next + 1));
      if (at == model.end()) at = model.begin();
      ASSERT_TRUE(index.erase(at->first));
      model.erase(at);
    }
    ASSERT_EQ(index.size(), model.size());
    if (step % 1000 != 999) continue;
    for (const auto& [id, vector] : model)
      ASSERT_EQ(ids(index.nearest(vector, 1, now)), (std::vector<std::uint64_t>{id}));
  }
}

// Many encoders give vectors that have a cosine of .7 and more to each other. Their signs are
// almost the same, unless they are taken relative to what they share.
TEST(FlatIndex, TellsVectorsApartThatShareADirection) {
  constexpr std::size_t dims = 256, rows = 4000;
  std::mt19937 random(10);
  const Vector shared(dims, 3.F);
  std::vector<Vector> vectors;
  FlatIndex index(dims);
  for (std::uint64_t id = 0; id < rows; id++) {
    vectors.push_back(random_vector(dims, random));
    for (std::size_t i = 0; i < dims; i++) vectors.back()[i] += shared[i];
    index.insert(id, vectors.back(), never_ends);
  }
  ASSERT_GT(cosine(vectors[0], vectors[1]), .8);
  std::size_t missed = 0;
  for (std::uint64_t id = 0; id < rows; id += 10) {
    Vector other = vectors[id];
    for (float& value : other) value += .5F * random_vector(1, random)[0];
    missed += ids(index.nearest(other, 1, now)) != std::vector<std::uint64_t>{id};
  }
  EXPECT_LE(missed, 2u) << "of 400";
}

TEST(FlatIndex, GivesMemoryBack) {
  constexpr std::size_t dims = 64, rows = 20'000;
  std::mt19937 random(8);
  FlatIndex index(dims);
  EXPECT_LT(index.memory_bytes(), 1000u);
  std::vector<std::uint64_t> order;
  for (std::uint64_t id = 0; id < rows; id++) {
    index.insert(id, random_vector(dims, random), never_ends);
    order.push_back(id);
  }
  const std::size_t full = index.memory_bytes();
  std::shuffle(order.begin(), order.end(), random);
  for (std::size_t i = 0; i < rows * 3 / 4; i++) index.erase(order[i]);
  EXPECT_LT(index.memory_bytes(), full * 5 / 8) << "a quarter is left, in segments half full";
  for (std::size_t i = rows * 3 / 4; i < rows; i++) index.erase(order[i]);
  EXPECT_EQ(index.size(), 0u);
  EXPECT_LT(index.memory_bytes(), full / 8);
}

// For the thread sanitizer, and for whoever reads while segments are appended to and merged.
TEST(FlatIndex, ServesReadersWhileItChanges) {
  constexpr std::size_t dims = 128, kept = 50;
  std::mt19937 random(9);
  FlatIndex index(dims);
  std::vector<Vector> stays;
  for (std::uint64_t id = 0; id < kept; id++) {
    stays.push_back(random_vector(dims, random));
    index.insert(id, stays.back(), never_ends);
  }
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0, searches = 0;
  std::vector<std::thread> readers;
  for (int r = 0; r < 3; r++)
    readers.emplace_back([&, r] {
      for (auto i = static_cast<std::size_t>(r); !stop; i++) {
        const auto hits = index.nearest(stays[i % kept], 1, now);
        if (hits.size() != 1 || hits[0].id != i % kept) wrong++;
        searches++;
      }
    });
  std::uint64_t id = kept;
  while (id < 6000 || searches < 100) {
    index.insert(id++, random_vector(dims, random), never_ends);
    if (id > kept + 1500) index.erase(id - 1400);
  }
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace sluice::vector
