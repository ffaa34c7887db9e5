#pragma once
// A limit over a sliding window of 60 seconds, counted in slices of about half a second. Never lets
// more than the limit through in any 60 s (a slice counts until its last moment has left the
// window, so a full window frees itself up to half a second late). Thread-safe.
#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace sluice::router {

class RateWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // Takes one of `limit` places. False: none is free.
  bool take(std::int64_t limit, Time now);
  // How long until one of `limit` places is free; nothing when one is.
  std::optional<std::chrono::milliseconds> wait(std::int64_t limit, Time now);

 private:
  static constexpr int slices = 128;
  static constexpr std::chrono::milliseconds window{60'000};
  static constexpr std::chrono::milliseconds slice =
      window / (slices - 1) + std::chrono::milliseconds(1);
  void advance(Time now);
  std::chrono::milliseconds until_room(Time now) const;

  std::mutex mutex_;
  std::array<std::uint32_t, slices> counts_{};  // guarded by mutex_, like all below
  std::int64_t total_ = 0;
  std::int64_t at_ = 0;  // number of the newest slice since the clock's epoch
};

}  // namespace sluice::router
