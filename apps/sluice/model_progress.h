#pragma once
// What `sluice model pull` is doing, on standard error: one line for each step; on a terminal the
// line is rewritten while it lasts.
#include <chrono>
#include <cstdint>
#include <string>

namespace sluice {

class Progress {
 public:
  Progress();
  ~Progress();  // ends the line
  Progress(const Progress&) = delete;

  // Begins a step: "fetching x with npm".
  void step(std::string what);
  // The step goes on; `bytes` have come so far. Costs nothing beside a terminal.
  void tick(std::uintmax_t bytes = 0);
  // The step is at `done` of `all`.
  void part(std::uint32_t done, std::uint32_t all);

 private:
  void rewrite(const std::string& more);
  void end_line();

  const bool terminal_;
  std::string what_;
  std::chrono::steady_clock::time_point began_;
};

}  // namespace sluice
