#pragma once
// Coarse timers: a hashed wheel of 2,048 slots of 4 ms. Arming later than a timer's slot is one
// store (it is moved when its slot comes round), so one deadline per request costs next to nothing;
// in return a timer fires up to 4 ms late. One wheel per loop, one thread.
#include <array>
#include <chrono>
#include <cstdint>

namespace sluice::io {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Duration = Clock::duration;
constexpr Time never = Time::max();

class TimerWheel;

// Something that happens at a time. Unlinks itself when destroyed.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  virtual ~Timer() { unlink(); }
  // Due, and disarmed. May destroy the timer.
  virtual void on_timer() = 0;
  Time due() const { return due_; }
  void disarm() { due_ = never; }

 private:
  friend class TimerWheel;
  void unlink();
  Time due_ = never;
  Time slot_time_ = never;  // when its slot comes round; never = in no slot
  Timer* prev_ = nullptr;
  Timer* next_ = nullptr;
  TimerWheel* wheel_ = nullptr;
  std::uint32_t slot_ = 0;
};

class TimerWheel {
 public:
  explicit TimerWheel(Time start) : turned_to_(start) {}
  ~TimerWheel();
  void arm(Timer& timer, Time due);
  // Fires what is due at `now`.
  void turn(Time now);
  // Milliseconds until a slot needs a look; -1 = nothing is armed.
  int wait(Time now) const;

 private:
  friend class Timer;
  static constexpr std::uint32_t slots = 2048;
  static constexpr Duration tick = std::chrono::milliseconds(4);
  void link(Timer& timer, Time from);
  void turn_slot(std::uint32_t slot, Time now);

  Time turned_to_;  // start of the slot under the hand
  std::uint32_t hand_ = 0;
  std::array<Timer*, slots> heads_{};
  std::array<std::uint64_t, slots / 64> occupied_{};
};

}  // namespace sluice::io
