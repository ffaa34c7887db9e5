#include "client/vector_table.h"

#include <algorithm>
#include <chrono>
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

bool has_length(std::span<const float> vector) {
  return std::ranges::any_of(vector, [](float value) { return value != 0; });
}

}  // namespace

void VectorTable::add(std::span<const float> vector) {
  const std::vector<float> row = normalised(vector);
  values_.insert(values_.end(), row.begin(), row.end());
  rows_.emplace(next_handle_, handles_.size());
  handles_.push_back(next_handle_);
  index_.insert(next_handle_++, row, vector::never_ends);
}

void VectorTable::remove(std::size_t row) {
  const std::size_t last = handles_.size() - 1;
  const auto at = [this](std::size_t i) {
    return values_.begin() + static_cast<std::ptrdiff_t>(i * dims_);
  };
  index_.erase(handles_[row]);
  rows_.erase(handles_[row]);
  if (row != last) {
    std::copy(at(last), at(last + 1), at(row));
    handles_[row] = handles_[last];
    rows_[handles_[row]] = row;
  }
  handles_.pop_back();
  values_.resize(handles_.size() * dims_);
}

void VectorTable::measure(std::size_t row, std::span<const float> wanted, double distance,
                          std::vector<Near>& found) const {
  const float* values = values_.data() + row * dims_;
  double measured = 1.0 - static_cast<double>(dot(values, wanted.data(), dims_));
  if (measured < same) measured = 0;
  if (measured > distance) return;
  // One of length 0 would seem to be 1 away from everything.
  if (measured > 0.5 && !has_length(this->row(row))) return;
  found.push_back({row, measured});
}

std::vector<VectorTable::Near> VectorTable::within(std::span<const float> vector,
                                                   double distance) const {
  const std::vector<float> wanted = normalised(vector);
  std::vector<Near> found;
  if (!has_length(wanted)) return found;
  for (std::size_t row = 0; row < size(); row++) measure(row, wanted, distance, found);
  return found;
}

std::vector<VectorTable::Near> VectorTable::nearest_within(std::span<const float> vector,
                                                           double distance,
                                                           std::size_t count) const {
  if (size() <= small) return within(vector, distance);
  const std::vector<float> wanted = normalised(vector);
  std::vector<Near> found;
  for (const vector::Hit& hit : index_.nearest(wanted, count, vector::this_moment()))
    measure(rows_.at(hit.id), wanted, distance, found);
  return found;
}

}  // namespace sluice::client
