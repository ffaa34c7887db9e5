#include "io/timer.h"

#include <algorithm>
#include <bit>

namespace sluice::io {

void Timer::unlink() {
  if (slot_time_ == never) return;
  if (prev_ != nullptr) {
    prev_->next_ = next_;
  } else {
    wheel_->heads_[slot_] = next_;
    if (next_ == nullptr) wheel_->occupied_[slot_ / 64] &= ~(1ull << (slot_ % 64));
  }
  if (next_ != nullptr) next_->prev_ = prev_;
  prev_ = next_ = nullptr;
  slot_time_ = never;
}

TimerWheel::~TimerWheel() {
  for (Timer* head : heads_) {
    while (head != nullptr) {
      Timer* next = head->next_;
      head->unlink();
      head = next;
    }
  }
}

void TimerWheel::arm(Timer& timer, Time due) {
  timer.due_ = due;
  if (due == never || timer.slot_time_ <= due) return;  // its slot comes round in time: moved then
  timer.unlink();
  timer.wheel_ = this;
  link(timer, turned_to_);
}

// Puts the timer into the first slot that is looked at after its due time; a far one into the last.
void TimerWheel::link(Timer& timer, Time from) {
  const auto ticks = timer.due_ <= from ? 1 : (timer.due_ - from) / tick + 1;
  const auto ahead = static_cast<std::uint32_t>(std::min<long>(ticks, slots - 1));
  timer.slot_ = (hand_ + ahead) % slots;
  timer.slot_time_ = from + ahead * tick;
  timer.next_ = heads_[timer.slot_];
  if (timer.next_ != nullptr) timer.next_->prev_ = &timer;
  heads_[timer.slot_] = &timer;
  occupied_[timer.slot_ / 64] |= 1ull << (timer.slot_ % 64);
}

void TimerWheel::turn(Time now) {
  // After a long sleep one round visits every slot, more rounds would visit them again.
  if (now - turned_to_ > slots * tick) turned_to_ = now - slots * tick;
  while (turned_to_ + tick <= now) {
    turned_to_ += tick;
    hand_ = (hand_ + 1) % slots;
    if (heads_[hand_] != nullptr) turn_slot(hand_, now);
  }
}

void TimerWheel::turn_slot(std::uint32_t slot, Time now) {
  // A callback may destroy any timer, so each step starts again from the head. What is not due goes
  // to another slot, never this one: the loop ends.
  while (Timer* timer = heads_[slot]) {
    timer->unlink();
    if (timer->due_ == never) continue;
    if (timer->due_ > now) {
      link(*timer, turned_to_);
      continue;
    }
    timer->due_ = never;
    timer->on_timer();
  }
}

int TimerWheel::wait(Time now) const {
  for (std::uint32_t ahead = 1; ahead <= slots;) {
    const std::uint32_t slot = (hand_ + ahead) % slots;
    const std::uint64_t word = occupied_[slot / 64] >> (slot % 64);
    if (word == 0) {
      ahead += 64 - slot % 64;
      continue;
    }
    ahead += static_cast<std::uint32_t>(std::countr_zero(word));
    const Time due = turned_to_ + ahead * tick;
    if (due <= now) return 0;
    return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(due - now).count());
  }
  return -1;
}

}  // namespace sluice::io
