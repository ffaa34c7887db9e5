#include "store/reclaim.h"

namespace sluice::store {

namespace {

// Where this thread begins to look for a free slot: usually it is its own.
std::size_t thread_number() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace

Epochs::Reader::Reader(Epochs& epochs) : slot_([&epochs]() -> std::atomic<std::uint64_t>& {
  for (std::size_t i = thread_number();; i++) {
    std::atomic<std::uint64_t>& slot = epochs.slots_[i % most_readers].epoch;
    std::uint64_t free = idle;
    // In one total order with the writer's advance(): either it sees this reader, or this reader
    // sees what it has unlinked.
    const std::uint64_t now = epochs.now_.load(std::memory_order_seq_cst);
    if (slot.compare_exchange_strong(free, now, std::memory_order_seq_cst)) return slot;
  }
}()) {}

bool Epochs::passed(std::uint64_t epoch) const {
  for (const Slot& slot : slots_) {
    const std::uint64_t reading = slot.epoch.load(std::memory_order_seq_cst);
    if (reading != idle && reading <= epoch) return false;
  }
  return true;
}

}  // namespace sluice::store
