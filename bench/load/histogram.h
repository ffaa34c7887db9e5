// A histogram of durations with steps of at most 3 %: adding is a few instructions and never
// allocates.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

class Histogram {
 public:
  void add(std::uint64_t nanoseconds) {
    const unsigned row =
        nanoseconds < columns ? 0 : unsigned(std::bit_width(nanoseconds)) - column_bits;
    ++counts_[row * columns + (nanoseconds >> row)];
    ++total_;
  }

  // The duration, in us, that the share `quantile` of all stays within.
  double microseconds(double quantile) const {
    const auto wanted = std::uint64_t(std::ceil(quantile * double(total_)));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && total_ > 0; ++i) {
      seen += counts_[i];
      if (seen >= wanted) return double((i % columns) << (i / columns)) / 1e3;
    }
    return 0;
  }

 private:
  static constexpr unsigned column_bits = 6;
  static constexpr std::size_t columns = 1U << column_bits;

  std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>(64 * columns);
  std::uint64_t total_ = 0;
};

}  // namespace bench
