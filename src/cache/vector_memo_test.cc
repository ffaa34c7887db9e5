#include "cache/vector_memo.h"

#include <gtest/gtest.h>

namespace sluice::cache {
namespace {

Vector vector_of(std::size_t floats) {
  return std::make_shared<const std::vector<float>>(floats, 1.0F);
}

std::string digest(int number) { return VectorMemo::digest_of(std::to_string(number)); }

TEST(VectorMemo, GivesWhatWasKept) {
  VectorMemo memo(1 << 20);
  const Vector kept = vector_of(4);
  EXPECT_EQ(memo.find(digest(1)), nullptr);
  memo.keep(digest(1), kept);
  memo.keep(digest(1), vector_of(4));
  EXPECT_EQ(memo.find(digest(1)), kept) << "of the same text it is as good as another";
  EXPECT_EQ(memo.find(digest(2)), nullptr);
}

TEST(VectorMemo, ForgetsTheOldestWhenItIsFull) {
  constexpr int texts = 10'000;
  constexpr std::size_t most_bytes = 1 << 20, floats = 1000;
  VectorMemo memo(most_bytes);
  for (int i = 0; i < texts; i++) memo.keep(digest(i), vector_of(floats));
  std::size_t bytes = 0;
  for (int i = 0; i < texts; i++)
    if (memo.find(digest(i)) != nullptr) bytes += floats * sizeof(float);
  EXPECT_LE(bytes, most_bytes);
  EXPECT_GE(bytes, most_bytes / 2);
  EXPECT_NE(memo.find(digest(texts - 1)), nullptr);
  EXPECT_EQ(memo.find(digest(0)), nullptr);
}

TEST(VectorMemo, DoesNotKeepWhatIsLargerThanItself) {
  VectorMemo memo(1 << 10);
  memo.keep(digest(1), vector_of(100'000));
  EXPECT_EQ(memo.find(digest(1)), nullptr);
}

}  // namespace
}  // namespace sluice::cache
