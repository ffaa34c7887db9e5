#pragma once
// Whether a server is worth asking. After a few failures in a row it is left alone for a while, so
// that a dead Redis costs a request nothing; probes find out when it is back. Pure: time is given.
#include <algorithm>
#include <cstdint>
#include <utility>

#include "io/timer.h"

namespace sluice::redis {

class Breaker {
 public:
  static constexpr int most_failures = 3;
  static constexpr std::chrono::milliseconds first_pause{200}, longest_pause{5000};

  bool open() const { return open_; }
  // True: this failure has opened it.
  bool failed(io::Time now) {
    if (open_) {
      pause_ = std::min(pause_ * 2, longest_pause);
      return false;
    }
    if (++failures_ < most_failures) return false;
    open_ = true;
    opened_at_ = now;
    refused_ = 0;
    pause_ = first_pause;
    return true;
  }
  // True: this success has closed it.
  bool succeeded() {
    failures_ = 0;
    return std::exchange(open_, false);
  }
  // A command that was not sent, as it is open.
  void refused() { refused_++; }

  std::chrono::milliseconds pause() const { return pause_; }  // before the next probe
  std::uint64_t refusals() const { return refused_; }         // since it opened
  io::Time opened_at() const { return opened_at_; }

 private:
  bool open_ = false;
  int failures_ = 0;
  std::uint64_t refused_ = 0;
  std::chrono::milliseconds pause_ = first_pause;
  io::Time opened_at_{};
};

}  // namespace sluice::redis
