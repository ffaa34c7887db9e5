#pragma once
// Which entries of the embedded index go when room is short: S3-FIFO (Yang et al., SOSP 2023), as
// in the memory store. Entries begin in `small`, a tenth of the bytes; one that was served before
// it reaches the end moves to `main`, where each time it was served buys another round.
#include <atomic>
#include <cstdint>
#include <list>
#include <memory>

#include "cache/semantic_index.h"
#include "store/ghost_table.h"
#include "vector/segment.h"

namespace sluice::cache {

// An entry as the embedded index has it. Immutable but for what the queue needs.
struct EmbeddedEntry : SemanticEntry {
  std::uint64_t row = 0;  // id in the vector index
  vector::Moment ends = vector::never_ends;
  std::size_t bytes = 0;
  mutable std::atomic<std::uint8_t> served = 0;  // any thread

 private:
  friend class EmbeddedQueue;
  bool in_main_ = false;
  std::list<std::shared_ptr<EmbeddedEntry>>::iterator at_;
};

// For one thread at a time.
class EmbeddedQueue {
 public:
  explicit EmbeddedQueue(std::size_t capacity_bytes) : capacity_(capacity_bytes) {}

  void add(std::shared_ptr<EmbeddedEntry> entry);
  void remove(EmbeddedEntry& entry);
  std::size_t bytes() const { return small_.bytes + main_.bytes; }
  std::size_t capacity() const { return capacity_; }
  // The one that goes next, taken out; null when everything fits.
  std::shared_ptr<EmbeddedEntry> take_surplus();

 private:
  struct Line {
    std::list<std::shared_ptr<EmbeddedEntry>> entries;  // the oldest first
    std::size_t bytes = 0;
  };
  static constexpr std::size_t ghost_places = 16384;
  Line& line_of(const EmbeddedEntry& entry) { return entry.in_main_ ? main_ : small_; }
  void push(std::shared_ptr<EmbeddedEntry> entry, bool in_main);
  std::shared_ptr<EmbeddedEntry> pop(Line& line);
  std::shared_ptr<EmbeddedEntry> take_from_small();
  std::shared_ptr<EmbeddedEntry> take_from_main();

  std::size_t capacity_;
  Line small_, main_;
  store::GhostTable ghosts_{ghost_places};
};

}  // namespace sluice::cache
