#pragma once
// Epoch-based reclamation: readers go through shared structures without a lock, and what a writer
// has taken out of them is freed once no reader can still see it.
//
//   { const Epochs::Reader reading(epochs); … }     // any thread: a few nanoseconds, never waits
//   const auto seen = epochs.advance();              // writer: after it has unlinked something
//   if (epochs.passed(seen)) free(…);                // later, as often as it likes
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
    ~Reader() { slot_.store(idle, std::memory_order_release); }
    Reader(const Reader&) = delete;

   private:
    std::atomic<std::uint64_t>& slot_;
  };

  // What was unlinked before this call may be freed once the returned epoch has passed.
  std::uint64_t advance() { return now_.fetch_add(1, std::memory_order_seq_cst); }
  // No reader that began in that epoch or before is still reading.
  bool passed(std::uint64_t epoch) const;

 private:
  static constexpr std::uint64_t idle = 0;
  struct alignas(64) Slot {
    std::atomic<std::uint64_t> epoch = idle;
  };
  std::atomic<std::uint64_t> now_ = 1;
  std::array<Slot, most_readers> slots_;
};

}  // namespace sluice::store
