#include "store/reclaim.h"

#include <algorithm>
#include <limits>

namespace sluice::store {

namespace {

// Where this thread begins to look for a free slot: usually it is its own.
std::size_t thread_number() {
  static std::atomic<std::size_t> next = 0;
  thread_local const std::size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace

Epochs::Reader::Reader(Epochs& epochs) : epochs_(epochs), place_(epochs.enter()) {}

std::size_t Epochs::enter() {
  for (std::size_t i = thread_number();; i++) {
    const std::size_t place = i % most_readers;
    std::size_t used = used_.load();
    while (used <= place && !used_.compare_exchange_weak(used, place + 1)) {
    }
    std::uint64_t free = idle;
    if (slots_[place].epoch.compare_exchange_strong(free, now_.load())) return place;
  }
}

std::uint64_t Epochs::oldest_reading() const {
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  const std::size_t used = used_.load();
  for (std::size_t i = 0; i < used; i++) {
    const std::uint64_t epoch = slots_[i].epoch.load();
    if (epoch != idle) oldest = std::min(oldest, epoch);
  }
  return oldest;
}

}  // namespace sluice::store
