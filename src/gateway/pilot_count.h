#pragma once
// The pilots of one loop that are under way. One outlives the request that it was started for:
// others may follow it from their loops, and it keeps the answer. So a loop ends only when none
// flies. All on the loop's thread.
#include <cstddef>
#include <functional>
#include <utility>

namespace sluice::gateway {

class PilotCount {
 public:
  // One pilot, for as long as it flies.
  class Flying {
   public:
    explicit Flying(PilotCount& count) : count_(count) { count_.flying_++; }
    ~Flying() { count_.land(); }
    Flying(const Flying&) = delete;

   private:
    PilotCount& count_;
  };

  // Calls once that none flies: now, or when the last one has ended.
  void when_none(std::function<void()> callback) {
    if (flying_ == 0) return callback();
    callback_ = std::move(callback);
  }

 private:
  void land() {
    if (--flying_ == 0 && callback_) std::exchange(callback_, nullptr)();
  }

  std::size_t flying_ = 0;
  std::function<void()> callback_;
};

}  // namespace sluice::gateway
