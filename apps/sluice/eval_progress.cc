#include "sluice/eval_progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace sluice::eval {

using std::chrono::steady_clock;

Progress::Progress(std::string what, std::size_t steps)
    : what_(std::move(what)),
      steps_(std::max<std::size_t>(steps, 1)),
      shown_(isatty(STDERR_FILENO) == 1),
      begin_(steady_clock::now()) {
  if (shown_) draw();
}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::advance(std::size_t steps) {
  done_ = std::min(done_ + steps, steps_);
  if (shown_ && steady_clock::now() - drawn_ > std::chrono::milliseconds(100)) draw();
}

void Progress::draw() {
  constexpr std::size_t width = 30;
  drawn_ = steady_clock::now();
  const std::size_t filled = width * done_ / steps_;
  const double passed = std::chrono::duration<double>(drawn_ - begin_).count();
  const double left =
      done_ == 0 ? 0 : passed * static_cast<double>(steps_ - done_) / static_cast<double>(done_);
  std::fprintf(stderr, "\r%-28s [%s%s] %3zu %%  %.0f s left ", what_.c_str(),
               std::string(filled, '#').c_str(), std::string(width - filled, '.').c_str(),
               100 * done_ / steps_, left);
}

}  // namespace sluice::eval
