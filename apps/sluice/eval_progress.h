#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace sluice::eval {

// A bar on standard error for work that takes long; nothing where that is no terminal.
class Progress {
 public:
  Progress(std::string what, std::size_t steps);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::size_t steps = 1);

 private:
  void draw();

  std::string what_;
  std::size_t steps_, done_ = 0;
  bool shown_;
  std::chrono::steady_clock::time_point begin_, drawn_;
};

}  // namespace sluice::eval
