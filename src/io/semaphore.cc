#include "io/semaphore.h"

namespace sluice::io {

// A place in the queue. The waiter may be gone when the news of its permit reaches its loop.
struct Semaphore::Ticket {
  Loop& loop;
  Pause* pause;          // null once the waiter is gone; its loop's
  bool granted = false;  // guarded by the semaphore's mutex, as all below
  bool waits = false;
  std::list<std::shared_ptr<Ticket>>::iterator place{};
};

// Somebody who waits; lives in the coroutine's frame. What it was granted and did not take goes
// back.
class Semaphore::Waiter {
 public:
  Waiter(Semaphore& semaphore, Loop& loop, WaitLimit limit)
      : pause(loop, limit),
        semaphore_(semaphore),
        ticket_(std::make_shared<Ticket>(Ticket{.loop = loop, .pause = &pause})) {}
  ~Waiter() {
    ticket_->pause = nullptr;
    if (semaphore_.leave(*ticket_)) semaphore_.give_back();
  }
  bool enter(std::int64_t most) { return semaphore_.enter(ticket_, most); }
  bool take() { return semaphore_.leave(*ticket_); }

  Pause pause;

 private:
  Semaphore& semaphore_;
  std::shared_ptr<Ticket> ticket_;
};

Async<IoError> Semaphore::acquire(std::int64_t most, Loop& loop, WaitLimit limit, Permit& permit) {
  permit.release();
  if (try_acquire(most)) {
    permit = Permit(*this);
    co_return IoError::none;
  }
  Waiter waiter(*this, loop, limit);
  IoError ended = IoError::none;
  if (!waiter.enter(most)) ended = co_await waiter.pause;
  // A permit that came at the last moment is one.
  if (!waiter.take()) co_return ended;
  permit = Permit(*this);
  co_return IoError::none;
}

std::int64_t Semaphore::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

// Most find one free, and nobody in front.
bool Semaphore::try_acquire(std::int64_t most) {
  const std::lock_guard lock(mutex_);
  most_ = most;
  if (!waiting_.empty() || held_ >= most_) return false;
  held_++;
  return true;
}

// Queues behind the others. True: it has a permit at once.
bool Semaphore::enter(const std::shared_ptr<Ticket>& ticket, std::int64_t most) {
  const std::lock_guard lock(mutex_);
  most_ = most;
  waiting_.push_back(ticket);
  ticket->place = std::prev(waiting_.end());
  ticket->waits = true;
  grant();
  return ticket->granted;
}

// Out of the queue. True: with a permit, which is the caller's now.
bool Semaphore::leave(Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(ticket.waits, false)) waiting_.erase(ticket.place);
  return std::exchange(ticket.granted, false);
}

void Semaphore::give_back() {
  const std::lock_guard lock(mutex_);
  held_--;
  grant();
}

// Gives what is free to those in front. They run in a later turn of their loops.
void Semaphore::grant() {
  while (held_ < most_ && !waiting_.empty()) {
    const std::shared_ptr<Ticket> first = std::move(waiting_.front());
    waiting_.pop_front();
    first->waits = false;
    first->granted = true;
    held_++;
    first->loop.post([first] {
      if (first->pause != nullptr) first->pause->wake();
    });
  }
}

}  // namespace sluice::io
