#include "router/rate_window.h"

#include <algorithm>

namespace sluice::router {

// Empties the slices that have left the window since the last call.
void RateWindow::advance(Time now) {
  const std::int64_t current = now.time_since_epoch() / slice;
  const std::int64_t passed = std::clamp<std::int64_t>(current - at_, 0, slices);
  for (std::int64_t i = 1; i <= passed; i++) {
    std::uint32_t& count = counts_[static_cast<std::size_t>((current - passed + i) % slices)];
    total_ -= count;
    count = 0;
  }
  at_ = std::max(at_, current);
}

// The oldest slice with something in it leaves when the slice `slices` after it begins.
std::chrono::milliseconds RateWindow::until_room(Time now) const {
  for (std::int64_t i = slices - 1; i >= 0; i--) {
    const std::int64_t number = at_ - i;
    if (number < 0 || counts_[static_cast<std::size_t>(number % slices)] == 0) continue;
    const Time leaves{slice * (number + slices)};
    return std::chrono::ceil<std::chrono::milliseconds>(leaves - now);
  }
  return std::chrono::milliseconds(0);
}

bool RateWindow::take(std::int64_t limit, Time now) {
  const std::lock_guard lock(mutex_);
  advance(now);
  if (total_ >= limit) return false;
  counts_[static_cast<std::size_t>(at_ % slices)]++;
  total_++;
  return true;
}

std::optional<std::chrono::milliseconds> RateWindow::wait(std::int64_t limit, Time now) {
  const std::lock_guard lock(mutex_);
  advance(now);
  if (total_ < limit) return std::nullopt;
  return limit <= 0 ? window : until_room(now);
}

}  // namespace sluice::router
