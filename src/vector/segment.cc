#include "vector/segment.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <new>

namespace sluice::vector {

namespace {
constexpr std::align_val_t cache_line{64};
}

std::optional<Direction> Direction::of(std::span<const float> vector) {
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * value;
  if (!std::isfinite(squares) || squares == 0) return std::nullopt;
  return Direction(vector, std::sqrt(squares));
}

Direction::Direction(std::span<const float> vector, double length)
    : values_(padded(vector.size())) {
  for (std::size_t i = 0; i < vector.size(); i++)
    values_[i] = static_cast<float>(vector[i] / length);
}

Code code_of(std::span<const float> padded, const Centre& centre) {
  Code code((padded.size() + 63) / 64);
  for (std::size_t i = 0; i < padded.size(); i++) {
    const float middle = centre == nullptr ? 0 : (*centre)[i];
    code[i / 64] |= static_cast<std::uint64_t>(padded[i] > middle) << (i % 64);
  }
  return code;
}

void Segment::Free::operator()(void* memory) const { ::operator delete(memory, cache_line); }

template <class T>
Segment::Column<T> Segment::make_column(std::size_t count) {
  return Column<T>(static_cast<T*>(::operator new(count * sizeof(T), cache_line)));
}

Segment::Segment(std::size_t dims, std::size_t capacity, Centre centre)
    : width_(Direction::padded(dims)),
      words_((width_ + 63) / 64),
      capacity_(capacity),
      centre_(std::move(centre)),
      codes_(make_column<std::uint64_t>(code_at(capacity - 1, words_, words_) + block_rows)),
      halves_(make_column<Half>(capacity * width_)),
      scales_(make_column<float>(capacity)),
      ids_(make_column<std::uint64_t>(capacity)),
      ends_(make_column<Moment>(capacity)),
      erased_((capacity + 63) / 64) {}

Segment::~Segment() = default;

void Segment::append(const Kernels& kernels, std::uint64_t id, const Direction& direction,
                     Moment ends) {
  const std::size_t row = rows_.load(std::memory_order_relaxed);
  write_code(row, code_of(direction.values(), centre_));
  Half* halves = halves_.get() + row * width_;
  kernels.round(direction.values().data(), width_, halves);
  // A vector that is looked up with itself then has a cosine of one in spite of the rounding.
  const float squares = kernels.dot(direction.values().data(), halves, width_);
  scales_[row] = 1 / squares;
  ids_[row] = id;
  ends_[row] = ends;
  publish();
}

void Segment::append_live(const Segment& other) {
  for (std::size_t from = 0; from < other.rows(); from++) {
    if (!other.is_there(from, Moment::min())) continue;
    const std::size_t row = rows_.load(std::memory_order_relaxed);
    write_code(row, code_of(other.values(from), centre_));
    std::memcpy(halves_.get() + row * width_, other.halves_.get() + from * width_,
                width_ * sizeof(Half));
    scales_[row] = other.scales_[from];
    ids_[row] = other.ids_[from];
    ends_[row] = other.ends_[from];
    publish();
  }
}

void Segment::write_code(std::size_t row, const Code& code) {
  for (std::size_t w = 0; w < words_; w++) codes_[code_at(row, w, words_)] = code[w];
}

std::vector<float> Segment::values(std::size_t row) const {
  std::vector<float> values(width_);
  for (std::size_t i = 0; i < width_; i++) values[i] = float_of(halves_[row * width_ + i]);
  return values;
}

void Segment::publish() {
  live_.fetch_add(1, std::memory_order_relaxed);
  rows_.store(rows_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

bool Segment::erase(std::uint64_t id) {
  const std::uint64_t* begin = ids_.get();
  const std::uint64_t* end = begin + rows();
  const std::uint64_t* found = std::lower_bound(begin, end, id);
  if (found == end || *found != id) return false;
  const auto row = static_cast<std::size_t>(found - begin);
  const std::uint64_t bit = std::uint64_t{1} << (row % 64);
  if ((erased_[row / 64].fetch_or(bit, std::memory_order_relaxed) & bit) != 0) return false;
  live_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

bool Segment::is_there(std::size_t row, Moment now) const {
  return (erased_[row / 64].load(std::memory_order_relaxed) >> (row % 64) & 1) == 0 &&
         ends_[row] > now;
}

std::size_t Segment::memory_bytes() const {
  return sizeof *this + erased_.size() * sizeof erased_[0] +
         capacity_ * (words_ * sizeof(std::uint64_t) + width_ * sizeof(Half) + sizeof(float) +
                      sizeof(std::uint64_t) + sizeof(Moment));
}

void Segment::scan(const Wanted& wanted, std::vector<Candidate>& out) const {
  const std::size_t rows = this->rows(), blocks = rows / block_rows;
  const std::size_t before = out.size();
  out.resize(before + rows);
  Candidate* const first = out.data() + before;
  const Scan whole{.codes = codes_.get(),
                   .blocks = blocks,
                   .words = words_,
                   .query = wanted.query.data(),
                   .limit = wanted.limit,
                   .row = wanted.first_row};
  std::size_t found = wanted.kernels.scan(whole, first);
  found += scan_tail(wanted, blocks * block_rows, rows, first + found);
  Candidate* const last = std::remove_if(first, first + found, [&](Candidate each) {
    return !is_there(row_of(each) - wanted.first_row, wanted.now);
  });
  out.resize(static_cast<std::size_t>(last - out.data()));
}

// The rows of the last block, which a kernel must not touch while others are being appended to it.
std::size_t Segment::scan_tail(const Wanted& wanted, std::size_t row, std::size_t end,
                               Candidate* out) const {
  std::size_t found = 0;
  for (; row < end; row++) {
    std::uint32_t distance = 0;
    for (std::size_t w = 0; w < words_; w++)
      distance += static_cast<std::uint32_t>(
          std::popcount(codes_[code_at(row, w, words_)] ^ wanted.query[w]));
    if (distance < wanted.limit)
      out[found++] = candidate(distance, wanted.first_row + static_cast<std::uint32_t>(row));
  }
  return found;
}

Hit Segment::score(const Kernels& kernels, const Direction& query, std::size_t row) const {
  const float product = kernels.dot(query.values().data(), halves_.get() + row * width_, width_);
  return {ids_[row], std::clamp(product * scales_[row], -1.0F, 1.0F)};
}

}  // namespace sluice::vector
