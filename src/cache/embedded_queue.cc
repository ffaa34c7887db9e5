#include "cache/embedded_queue.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace sluice::cache {

void EmbeddedQueue::push(std::shared_ptr<EmbeddedEntry> entry, bool in_main) {
  EmbeddedEntry& its = *entry;
  its.in_main_ = in_main;
  Line& line = line_of(its);
  line.bytes += its.bytes;
  line.entries.push_back(std::move(entry));
  its.at_ = std::prev(line.entries.end());
}

std::shared_ptr<EmbeddedEntry> EmbeddedQueue::pop(Line& line) {
  auto entry = std::move(line.entries.front());
  line.entries.pop_front();
  line.bytes -= entry->bytes;
  return entry;
}

void EmbeddedQueue::add(std::shared_ptr<EmbeddedEntry> entry) {
  const bool is_back = ghosts_.take(std::hash<std::string>()(entry->id), main_.entries.size());
  push(std::move(entry), is_back);
}

void EmbeddedQueue::remove(EmbeddedEntry& entry) {
  Line& line = line_of(entry);
  line.bytes -= entry.bytes;
  line.entries.erase(entry.at_);
}

std::shared_ptr<EmbeddedEntry> EmbeddedQueue::take_surplus() {
  while (bytes() > capacity_) {
    const bool small = small_.bytes > capacity_ / 10 || main_.entries.empty();
    if (auto entry = small ? take_from_small() : take_from_main()) return entry;
  }
  return nullptr;
}

// Null: the oldest has earned a place in `main`.
std::shared_ptr<EmbeddedEntry> EmbeddedQueue::take_from_small() {
  auto entry = pop(small_);
  if (entry->served.exchange(0, std::memory_order_relaxed) > 0) {
    push(std::move(entry), true);
    return nullptr;
  }
  ghosts_.add(std::hash<std::string>()(entry->id));
  return entry;
}

// Null: the oldest has another round.
std::shared_ptr<EmbeddedEntry> EmbeddedQueue::take_from_main() {
  constexpr std::uint8_t most_rounds = 3;
  auto entry = pop(main_);
  const std::uint8_t rounds = std::min(entry->served.load(std::memory_order_relaxed), most_rounds);
  if (rounds == 0) return entry;
  entry->served.store(rounds - 1, std::memory_order_relaxed);
  push(std::move(entry), true);
  return nullptr;
}

}  // namespace sluice::cache
