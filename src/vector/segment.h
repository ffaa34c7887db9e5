#pragma once
// Some rows of a flat index. One writer appends and erases while others read; what has been
// published never changes but for the marks of erased rows.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "vector/kernels.h"

namespace sluice::vector {

// When a row ends. Wall-clock time, as it outlives the process.
using Moment = std::chrono::sys_time<std::chrono::milliseconds>;
constexpr Moment never_ends = Moment::max();
inline Moment moment_of(std::chrono::system_clock::time_point time) {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(time);
}
// Now.
inline Moment this_moment() { return moment_of(std::chrono::system_clock::now()); }

struct Hit {
  std::uint64_t id = 0;
  float cosine = 0;  // exact but for the rounding to halves: within .0001
};

// What vectors are taken relative to before their signs make a code: the mean of an index's rows.
// Vectors of many encoders share a direction, and the signs of the sum would be those of what they
// share. As long as a padded row; null while there are too few rows.
using Centre = std::shared_ptr<const std::vector<float>>;

// A vector as rows and searches have it: of length one, padded.
class Direction {
 public:
  // Nothing when a value is not finite or the vector has no length.
  static std::optional<Direction> of(std::span<const float> vector);
  static std::size_t padded(std::size_t dims) {
    return (dims + half_step - 1) / half_step * half_step;
  }

  const std::vector<float>& values() const { return values_; }

 private:
  Direction(std::span<const float> vector, double length);
  std::vector<float> values_;
};

// The signs of a vector relative to a centre, in words of 64.
using Code = std::vector<std::uint64_t>;
Code code_of(std::span<const float> padded, const Centre& centre);

class Segment {
 public:
  // A search numbers the rows of a segment from a multiple of this.
  static constexpr std::size_t most_rows = 1024;

  Segment(std::size_t dims, std::size_t capacity, Centre centre);
  ~Segment();
  Segment(const Segment&) = delete;

  // Writer only. Ids grow from row to row. The segment isn't full.
  void append(const Kernels& kernels, std::uint64_t id, const Direction& direction, Moment ends);
  // The rows of `other` that have not been erased.
  void append_live(const Segment& other);
  // False: there is no such row, or it has been erased.
  bool erase(std::uint64_t id);

  bool is_full() const { return rows() == capacity_; }
  std::size_t capacity() const { return capacity_; }
  std::size_t rows() const { return rows_.load(std::memory_order_acquire); }
  std::size_t live() const { return live_.load(std::memory_order_relaxed); }
  std::size_t memory_bytes() const;
  std::uint64_t first_id() const { return ids_[0]; }  // there is a row
  const Centre& centre() const { return centre_; }
  // The row as it was rounded, of length one or almost.
  std::vector<float> values(std::size_t row) const;

  // Rows that differ from the query in fewer than `limit` bits, and are there at `now`.
  struct Wanted {
    const Kernels& kernels;
    const Code& query;  // relative to this segment's centre
    Moment now;
    std::uint32_t limit;
    std::uint32_t first_row;
  };
  // Adds them to `out`.
  void scan(const Wanted& wanted, std::vector<Candidate>& out) const;
  Hit score(const Kernels& kernels, const Direction& query, std::size_t row) const;

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  template <class T>
  using Column = std::unique_ptr<T[], Free>;
  template <class T>
  static Column<T> make_column(std::size_t count);

  void write_code(std::size_t row, const Code& code);
  void publish();
  bool is_there(std::size_t row, Moment now) const;
  std::size_t scan_tail(const Wanted& wanted, std::size_t row, std::size_t end,
                        Candidate* out) const;

  std::size_t width_, words_, capacity_;
  Centre centre_;
  Column<std::uint64_t> codes_;
  Column<Half> halves_;   // rows of `width_`
  Column<float> scales_;  // what makes the rounded row one of length one
  Column<std::uint64_t> ids_;
  Column<Moment> ends_;
  std::vector<std::atomic<std::uint64_t>> erased_;  // one bit a row
  std::atomic<std::size_t> rows_ = 0, live_ = 0;
};

}  // namespace sluice::vector
