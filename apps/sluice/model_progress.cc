#include "sluice/model_progress.h"

#include <unistd.h>

#include <iostream>

namespace sluice {

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { end_line(); }

void Progress::step(std::string what) {
  end_line();
  what_ = std::move(what);
  began_ = std::chrono::steady_clock::now();
  if (terminal_)
    rewrite("");
  else
    std::cerr << "== " << what_ << "\n";
}

void Progress::tick(std::uintmax_t bytes) {
  if (!terminal_) return;
  const auto passed = std::chrono::steady_clock::now() - began_;
  std::string more =
      std::to_string(std::chrono::duration_cast<std::chrono::seconds>(passed).count()) + " s";
  if (bytes > 0) more += ", " + std::to_string(bytes / 1'000'000) + " MB";
  rewrite(more);
}

void Progress::part(std::uint32_t done, std::uint32_t all) {
  constexpr std::uint32_t width = 30;
  if (!terminal_) return;
  const std::uint32_t filled = width * done / all;
  rewrite("[" + std::string(filled, '#') + std::string(width - filled, ' ') + "] " +
          std::to_string(done) + " of " + std::to_string(all));
}

void Progress::rewrite(const std::string& more) {
  // Erases to the end: the last text may have been longer.
  std::cerr << "\r== " << what_ << (more.empty() ? "" : ": ") << more << "\033[K" << std::flush;
}

void Progress::end_line() {
  if (terminal_ && !what_.empty()) std::cerr << "\n";
  what_.clear();
}

}  // namespace sluice
