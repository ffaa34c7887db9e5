#pragma once
// What the streams of a loop send in one turn: gathered while its events are handled, handed to the
// kernel at its end, one after the other. The kernel's code and ours then evict each other from the
// processor's caches once a turn instead of once a message, and a peer that sleeps is woken once
// for all that it gets.
#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::io {

class Outbox {
 public:
  // Who sends, and waits for it.
  class Entry {
   public:
    // Hands its bytes to the kernel. False = the socket is full: it waits on, for that.
    virtual bool send_gathered(std::string_view bytes) = 0;
    // All of the turn's bytes have been handed over.
    virtual void go_on() = 0;

   protected:
    ~Entry() = default;

   private:
    friend class Outbox;
    std::size_t index_ = 0, at_ = 0, size_ = 0;
  };

  // Takes the bytes for the end of this turn. False, and nothing is taken: there are none, too many
  // of them, so that copying costs more than it saves, or the turn's are enough already.
  bool add(Entry& entry, std::span<const iovec> pieces);
  // The entry is gone; its bytes are not sent if they have not been yet.
  void remove(const Entry& entry);
  bool empty() const { return entries_.empty(); }
  void flush();

 private:
  static constexpr std::size_t most_of_one = 16 * 1024, most_of_all = 256 * 1024;
  std::vector<Entry*> entries_, leaving_;  // nullptr: removed
  std::string bytes_;
};

}  // namespace sluice::io
