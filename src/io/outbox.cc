#include "io/outbox.h"

#include <utility>

namespace sluice::io {

bool Outbox::add(Entry& entry, std::span<const iovec> pieces) {
  std::size_t size = 0;
  for (const iovec& piece : pieces) size += piece.iov_len;
  if (size == 0 || size > most_of_one || bytes_.size() + size > most_of_all) return false;
  entry.index_ = entries_.size();
  entry.at_ = bytes_.size();
  entry.size_ = size;
  entries_.push_back(&entry);
  for (const iovec& piece : pieces)
    bytes_.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  return true;
}

void Outbox::remove(const Entry& entry) {
  for (auto* list : {&entries_, &leaving_}) {
    if (entry.index_ < list->size() && (*list)[entry.index_] == &entry)
      (*list)[entry.index_] = nullptr;
  }
}

// Whoever goes on may add to the next turn's, and remove others that are still to go on.
void Outbox::flush() {
  leaving_.swap(entries_);
  for (Entry*& entry : leaving_) {
    if (entry == nullptr) continue;
    const std::string_view bytes = std::string_view(bytes_).substr(entry->at_, entry->size_);
    if (!entry->send_gathered(bytes)) entry = nullptr;
  }
  bytes_.clear();
  for (std::size_t i = 0; i < leaving_.size(); i++) {
    if (Entry* entry = std::exchange(leaving_[i], nullptr); entry != nullptr) entry->go_on();
  }
  leaving_.clear();
}

}  // namespace sluice::io
