#pragma once
// Vectors to be compared by cosine. Small tables are looked through from end to end; in larger ones
// the flat index (vector/flat_index.h) names the candidates, and these are measured exactly.
// Not for use by other threads while one changes it.
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "vector/flat_index.h"

namespace sluice::client {

class VectorTable {
 public:
  // Up to here looking at every row takes less than a millisecond.
  static constexpr std::size_t small = 4096;

  explicit VectorTable(std::size_t dims) : dims_(dims), index_(dims) {}

  std::size_t size() const { return handles_.size(); }
  // Of length 1, or all 0.
  std::span<const float> row(std::size_t row) const {
    return {values_.data() + row * dims_, dims_};
  }
  // Adds a row at the end. A vector of length 0 is near nothing.
  void add(std::span<const float> vector);
  // The last row takes the place of this one.
  void remove(std::size_t row);

  struct Near {
    std::size_t row;
    double distance;  // 1 - cosine; what rounding leaves of 0 is 0
  };
  // The rows within `distance`, in no order: all of them.
  std::vector<Near> within(std::span<const float> vector, double distance) const;
  // Some of them, among which are the nearest `count`, but for one in hundreds in a large table.
  std::vector<Near> nearest_within(std::span<const float> vector, double distance,
                                   std::size_t count) const;

 private:
  void measure(std::size_t row, std::span<const float> wanted, double distance,
               std::vector<Near>& found) const;

  std::size_t dims_;
  std::vector<float> values_;  // rows of length 1, or all 0
  // Rows move, and the index wants names that don't.
  std::vector<std::uint64_t> handles_;
  std::unordered_map<std::uint64_t, std::size_t> rows_;  // handle → row
  std::uint64_t next_handle_ = 0;
  vector::FlatIndex index_;
};

}  // namespace sluice::client
