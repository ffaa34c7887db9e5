#pragma once
// Which hashes were here lately: the ghost queue of S3-FIFO as a table of fixed size, in which a
// queue's order is the number of each insertion. Old ones are overwritten, none is ever taken out.
// Two hashes may look the same, once in some 10^9 questions.
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::store {

class GhostTable {
 public:
  // `places`: a power of two, at least 8. Each takes 8 bytes. With half of them in use, one in 500
  // is forgotten early.
  explicit GhostTable(std::size_t places) : sets_(places / ways) {}

  void add(std::size_t hash);
  // Whether it was added and at most `length` others since; it is forgotten thereby.
  bool take(std::size_t hash, std::size_t length);

 private:
  static constexpr std::size_t ways = 8;  // a line of the processor's cache
  struct Place {
    std::uint32_t tag = 0;     // 0 = free
    std::uint32_t number = 0;  // of the insertion; wraps, as only differences count
  };
  using Set = std::array<Place, ways>;
  // Not by the lowest bits: those choose the shard.
  Set& set_of(std::size_t hash) { return sets_[(hash >> 8) & (sets_.size() - 1)]; }
  static std::uint32_t tag_of(std::size_t hash) { return std::uint32_t(hash >> 32) | 1; }

  std::vector<Set> sets_;
  std::uint32_t insertions_ = 0;
};

}  // namespace sluice::store
