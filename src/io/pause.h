#pragma once
// A coroutine's wait for something that is no stream: the end of a lookup, of a race.
//
//   Pause pause(loop, limit);
//   const IoError ended = co_await pause;   // none = somebody called wake()
//
// May be awaited again. Lives in the frame that awaits it.
#include <coroutine>

#include "io/cancel.h"
#include "io/loop.h"
#include "io/stream.h"

namespace sluice::io {

// How long somebody is willing to wait.
struct WaitLimit {
  Time deadline = never;
  CancelToken* cancel = nullptr;
};

class Pause final : private Wait, private Timer {
 public:
  Pause(Loop& loop, WaitLimit limit) : loop_(loop), cancel_(limit.cancel) {
    set_due(limit.deadline);
  }
  ~Pause() { leave(); }

  // The wait ends with `timeout` at that time (`never`: not at all).
  void set_due(Time due) { loop_.arm(*this, due_ = due); }
  // Ends the wait, or the next one if nobody waits yet. The coroutine runs before this returns and
  // may destroy the pause and the caller: call it last.
  void wake();

  bool await_ready();
  void await_suspend(std::coroutine_handle<> self);
  IoError await_resume() const { return ended_; }

 private:
  void cancel() override { finish(IoError::cancelled); }
  void on_timer() override;
  void leave();
  void finish(IoError ended);

  Loop& loop_;
  CancelToken* cancel_;
  std::coroutine_handle<> self_;
  Time due_ = never;
  bool woken_ = false;
  IoError ended_ = IoError::none;
};

}  // namespace sluice::io
