#pragma once
// Vectors in one block of memory, compared with all of them: exact, with nothing to build or tune.
// Not for use by other threads while one changes it.
#include <cstddef>
#include <span>
#include <vector>

namespace sluice::client {

class VectorTable {
 public:
  explicit VectorTable(std::size_t dims) : dims_(dims) {}

  std::size_t size() const { return rows_; }
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
  // The rows within `distance`, in no order.
  std::vector<Near> within(std::span<const float> vector, double distance) const;

 private:
  std::size_t dims_, rows_ = 0;
  std::vector<float> values_;  // rows of length 1, or all 0
};

}  // namespace sluice::client
