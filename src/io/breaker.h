#pragma once
// Whether a server is worth asking. After a few failures in a row it is left alone, so that a dead
// one costs a request nothing; probes find out when it is back. Pure: time is given.
#include <algorithm>
#include <cstdint>

#include "io/timer.h"

namespace sluice::io {

class Breaker {
 public:
  static constexpr int most_failures = 3;
  static constexpr std::chrono::milliseconds first_pause{200}, longest_pause{5000};

  bool open() const { return open_; }

  // Commands that were sent at `sent` have got no reply in time. Those that waited side by side are
  // one failure: a pause of the server that hits a hundred of them is no worse than one that hits
  // one. True: this has opened the breaker.
  bool failed(Time sent, Time now, std::uint64_t commands = 1) {
    if (open_) {
      without_ += commands;
      return false;
    }
    missed_ += commands;
    if (sent < counted_until_) return false;
    counted_until_ = now;
    return ++failures_ >= most_failures && trip(now);
  }
  // No need to try again: opens at once. True: it was closed.
  bool trip(Time now) {
    if (open_) return false;
    open_ = true;
    opened_at_ = now;
    without_ = missed_;
    pause_ = first_pause;
    return true;
  }
  // A reply in time. Only a probe closes an open one: others were sent before it opened.
  void succeeded() {
    if (!open_) failures_ = 0, missed_ = 0;
  }
  // A command that was not sent, as it is open.
  void refused() { without_++; }

  void probe_failed() { pause_ = std::min(pause_ * 2, longest_pause); }
  void probe_succeeded() {
    open_ = false;
    succeeded();
  }
  std::chrono::milliseconds pause() const { return pause_; }  // before the next probe

  // Commands that have had to do without the server in this outage.
  std::uint64_t without() const { return without_; }
  Time opened_at() const { return opened_at_; }

 private:
  bool open_ = false;
  int failures_ = 0;
  std::uint64_t missed_ = 0, without_ = 0;
  std::chrono::milliseconds pause_ = first_pause;
  Time counted_until_{}, opened_at_{};
};

}  // namespace sluice::io
