#include "client/vector_table.h"

#include <algorithm>
#include <cmath>

namespace sluice::client {
namespace {

// Rounding of a few hundred float products stays below this.
constexpr double same = 1e-6;

// Sums that do not wait for each other, so that the compiler uses vector instructions.
float dot(const float* a, const float* b, std::size_t size) {
  constexpr std::size_t lanes = 16;
  float sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; lane++) sums[lane] += a[i + lane] * b[i + lane];
  }
  float sum = 0;
  for (; i < size; i++) sum += a[i] * b[i];
  for (const float each : sums) sum += each;
  return sum;
}

// In double precision, so that numbers of any size have a length.
std::vector<float> normalised(std::span<const float> vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * value;
  const double length = std::sqrt(squares);
  std::vector<float> out(vector.size(), 0);
  if (length == 0) return out;
  std::ranges::transform(vector, out.begin(),
                         [&](float value) { return static_cast<float>(value / length); });
  return out;
}

}  // namespace

void VectorTable::add(std::span<const float> vector) {
  const std::vector<float> row = normalised(vector);
  values_.insert(values_.end(), row.begin(), row.end());
  rows_++;
}

void VectorTable::remove(std::size_t row) {
  const auto at = [this](std::size_t i) {
    return values_.begin() + static_cast<std::ptrdiff_t>(i * dims_);
  };
  rows_--;
  if (row != rows_) std::copy(at(rows_), at(rows_ + 1), at(row));
  values_.resize(rows_ * dims_);
}

std::vector<VectorTable::Near> VectorTable::within(std::span<const float> vector,
                                                   double distance) const {
  const std::vector<float> wanted = normalised(vector);
  std::vector<Near> found;
  if (std::ranges::all_of(wanted, [](float value) { return value == 0; })) return found;
  for (std::size_t row = 0; row < rows_; row++) {
    const float* values = values_.data() + row * dims_;
    double measured = 1.0 - static_cast<double>(dot(values, wanted.data(), dims_));
    if (measured < same) measured = 0;
    if (measured > distance) continue;
    // Of length 0, where 1 would be the distance from everything.
    if (measured > 0.5 && dot(values, values, dims_) == 0) continue;
    found.push_back({row, measured});
  }
  return found;
}

}  // namespace sluice::client
