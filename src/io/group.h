#pragma once
// Work side by side on one loop, joined before its scope ends.
//
//   Group group(loop);
//   for (auto& each : probes) group.spawn(probe(each));
//   co_await group.join();
#include "base/result.h"
#include "io/async.h"
#include "io/pause.h"

namespace sluice::io {

class Group {
 public:
  explicit Group(Loop& loop) : idle_(loop, {}) {}
  Group(const Group&) = delete;

  // Starts the work at once. What it refers to must live until join() has returned.
  void spawn(Async<Done> work) {
    running_++;
    run(std::move(work));
  }
  // Waits until all work is done.
  Async<Done> join() {
    joining_ = true;
    while (running_ > 0) co_await idle_;
    co_return Done{};
  }

 private:
  Detached run(Async<Done> work) {
    co_await work;
    if (--running_ == 0 && joining_) idle_.wake();
  }

  Pause idle_;
  int running_ = 0;
  bool joining_ = false;
};

}  // namespace sluice::io
