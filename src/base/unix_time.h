#pragma once
// The wall clock as formats and headers have it.
#include <chrono>

namespace sluice {

inline double unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}
// Now.
inline double unix_seconds() { return unix_seconds(std::chrono::system_clock::now()); }

}  // namespace sluice
