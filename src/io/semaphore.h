#pragma once
// Permits for work of which only so much may go on at once. Shared by all loops: whoever finds none
// free waits on its own loop, in the order of coming, and a permit may be given back on another.
//
//   Semaphore::Permit permit;
//   const IoError ended = co_await semaphore.acquire(2, loop, limit, permit);
//   if (ended == IoError::none) …   // the permit is held
//
// The limit may change from one call to the next: the latest one counts.
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "io/async.h"
#include "io/pause.h"

namespace sluice::io {

// Lives longer than its permits and those who wait.
class Semaphore {
 public:
  // One permit, or none. Its end gives it back.
  class Permit {
   public:
    Permit() = default;
    Permit(Permit&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
      std::swap(of_, other.of_);
      return *this;
    }
    ~Permit() { release(); }
    explicit operator bool() const { return of_ != nullptr; }
    // Any thread. Nobody who waited runs before this returns.
    void release() {
      if (of_ != nullptr) std::exchange(of_, nullptr)->give_back();
    }

   private:
    friend class Semaphore;
    explicit Permit(Semaphore& of) : of_(&of) {}
    Semaphore* of_ = nullptr;
  };

  Semaphore() = default;
  Semaphore(const Semaphore&) = delete;

  // Fills `permit`, of which up to `most` are out at once. Otherwise tells what ended the wait.
  Async<IoError> acquire(std::int64_t most, Loop& loop, WaitLimit limit, Permit& permit);

  std::int64_t held() const;  // permits that are out

 private:
  struct Ticket;
  class Waiter;
  bool try_acquire(std::int64_t most);
  bool enter(const std::shared_ptr<Ticket>& ticket, std::int64_t most);
  bool leave(Ticket& ticket);
  void give_back();
  void grant();

  mutable std::mutex mutex_;  // guards what follows
  std::int64_t most_ = 0, held_ = 0;
  std::list<std::shared_ptr<Ticket>> waiting_;
};

}  // namespace sluice::io
