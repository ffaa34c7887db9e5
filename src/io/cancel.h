#pragma once
// Cancellation of one request: the client's connection cancels the token when the client leaves,
// and whatever the request waits for at that moment ends with IoError::cancelled.
#include <utility>

namespace sluice::io {

// Something a coroutine is suspended in that can be cut short.
class Wait {
 public:
  // Ends the wait; may resume the coroutine before it returns, so touch nothing afterwards.
  virtual void cancel() = 0;

 protected:
  ~Wait() = default;
};

// Lives as long as the request. At most one wait is registered: a request is one chain of
// coroutines.
class CancelToken {
 public:
  bool cancelled() const { return cancelled_; }
  void enter(Wait& wait) { wait_ = &wait; }
  void leave() { wait_ = nullptr; }
  void cancel() {
    cancelled_ = true;
    if (wait_ != nullptr) std::exchange(wait_, nullptr)->cancel();
  }

 private:
  bool cancelled_ = false;
  Wait* wait_ = nullptr;
};

}  // namespace sluice::io
