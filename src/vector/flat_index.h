#pragma once
// The nearest vectors by cosine: every row's sign bits are compared with the query's, and the best
// are scored with the vectors themselves. docs/design/vector-index.md has what was measured.
//
//   FlatIndex index(384);
//   index.insert(7, vector, never_ends);
//   for (const Hit& hit : index.nearest(query, 3, now)) …
//
// Any thread may call anything. Searches neither wait for writers nor for each other, beyond the
// copying of one pointer; writers wait for each other.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/cpu.h"
#include "vector/segment.h"

namespace sluice::vector {

class FlatIndex {
 public:
  // Rows that are scored exactly; more where a search asks for more than a quarter of it. With 64,
  // 0.7 to 1.2 % of searches among 67,000 rows missed the nearest, with 256 up to 0.3 %.
  static constexpr std::size_t shortlisted = 256;

  // `level`: one that this machine has.
  explicit FlatIndex(std::size_t dims, CpuLevel level = cpu_level());

  // Adds a row. Ids grow: each is above the one inserted before it, whether that is still there or
  // not. False, and nothing is added: the vector has another number of dimensions, no length, or a
  // value that is not finite.
  bool insert(std::uint64_t id, std::span<const float> vector, Moment ends);
  // False: there is no such row. A search that has begun may still find it.
  bool erase(std::uint64_t id);

  // At most `count` rows that end after `now`, the nearest first. Empty for a vector that insert()
  // would not take.
  std::vector<Hit> nearest(std::span<const float> vector, std::size_t count, Moment now) const;

  std::size_t dims() const { return dims_; }
  std::size_t size() const;  // rows that have not been erased
  std::size_t memory_bytes() const;

 private:
  using Segments = std::vector<std::shared_ptr<Segment>>;

  std::shared_ptr<const Segments> segments() const;
  void publish(Segments segments);
  Segment& open_segment();
  void move_centre(const Segments& segments);
  void tidy(std::size_t at);
  void merge(std::size_t first);

  const std::size_t dims_;
  const Kernels& kernels_;
  std::mutex writing_;                        // held by writers; guards the next three
  Centre centre_;                             // of new segments
  std::size_t inserted_ = 0;                  // rows, also those that are gone
  std::size_t centred_at_ = 0;                // how many there were when centre_ was found
  mutable std::mutex list_;                   // held for the copying of a pointer
  std::shared_ptr<const Segments> segments_;  // never null; guarded by list_
};

}  // namespace sluice::vector
