#pragma once
// Epoch-based reclamation: readers go through shared structures without a lock, and what a writer
// has taken out of them is freed once no reader can still see it.
//
//   { const Epochs::Reader reading(epochs); … }     // any thread: a few nanoseconds, never waits
//   const auto seen = epochs.advance();              // writer: after it has unlinked something
//   if (seen < epochs.oldest_reading()) free(…);     // later, as often as it likes
//
// The links that readers follow are written and read seq_cst, as are the epochs: in the one total
// order of all these, a writer that does not see a reader has unlinked before that reader looks.
// (On x86 such a load is an ordinary one; only the writers pay.)
#include <array>
#include <atomic>
#include <cstdint>

namespace sluice::store {

class Epochs {
 public:
  // Threads that read at the same time; further ones wait for a place.
  static constexpr std::size_t most_readers = 256;

  class Reader {
   public:
    explicit Reader(Epochs& epochs);
    ~Reader() { epochs_.slots_[place_].epoch.store(idle, std::memory_order_release); }
    Reader(const Reader&) = delete;
    // Below most_readers; no other reader has it meanwhile, and a thread usually gets the same one.
    std::size_t place() const { return place_; }

   private:
    Epochs& epochs_;
    const std::size_t place_;
  };

  // What was unlinked before this call may be freed once the returned epoch lies before
  // oldest_reading().
  std::uint64_t advance() { return now_.fetch_add(1); }
  std::uint64_t oldest_reading() const;

 private:
  static constexpr std::uint64_t idle = 0;
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> epoch = idle;
  };
  std::size_t enter();

  std::atomic<std::uint64_t> now_ = 1;
  std::atomic<std::size_t> used_ = 0;  // no slot from here on was ever taken
  std::array<Slot, most_readers> slots_;
};

}  // namespace sluice::store
