#include "io/pause.h"

#include <utility>

namespace sluice::io {

void Pause::wake() {
  if (self_) return finish(IoError::none);
  woken_ = true;
}

void Pause::on_timer() {
  if (self_) finish(IoError::timeout);
}

// A wake-up counts even when the time is over or the request cancelled: what was waited for is
// here.
bool Pause::await_ready() {
  if (std::exchange(woken_, false)) {
    ended_ = IoError::none;
  } else if (cancel_ != nullptr && cancel_->cancelled()) {
    ended_ = IoError::cancelled;
  } else if (due_ <= loop_.now()) {
    ended_ = IoError::timeout;
  } else {
    return false;
  }
  return true;
}

void Pause::await_suspend(std::coroutine_handle<> self) {
  self_ = self;
  if (cancel_ != nullptr) cancel_->enter(*this);
}

void Pause::leave() {
  if (!self_) return;
  if (cancel_ != nullptr) cancel_->leave();
  self_ = nullptr;
}

void Pause::finish(IoError ended) {
  ended_ = ended;
  const std::coroutine_handle<> self = self_;
  leave();
  self.resume();
}

}  // namespace sluice::io
