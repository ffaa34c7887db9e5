#include "cache/opening.h"

#include <system_error>

#include "base/log.h"

namespace sluice::cache {

void say_unmatched(const std::string& why) {
  log(LogLevel::warn, "questions are not matched by meaning: " + why);
}

Opening::~Opening() {
  if (thread_.joinable()) thread_.join();
}

Opening::State Opening::begin(std::size_t dims) {
  if (const State now = state(); now != State::closed) return now;
  const std::lock_guard lock(mutex_);
  if (const State now = state(); now != State::closed) return now;
  dims_ = dims;
  // Seen only once its thread runs, which waits for the mutex to say the end: who waits is woken.
  const State begun = start() ? State::opening : State::failed;
  state_.store(begun, std::memory_order_release);
  return begun;
}

// False: the system has no thread left.
bool Opening::start() {
  try {
    thread_ = std::thread([this] { run(); });
    return true;
  } catch (const std::system_error& error) {
    say_unmatched(std::string("no thread could be started to open their index: ") + error.what());
    return false;
  }
}

Status Opening::check(std::size_t dims) {
  if (dims == dims_) return Done{};
  Error error = client_error("the embedding model's vectors have " + std::to_string(dims) +
                             " dimensions, its first one had " + std::to_string(dims_) +
                             ": it has changed; restart to open an index for it");
  if (refused_dims_.exchange(dims) != dims) say_unmatched(error.message);
  return fail(std::move(error));
}

void Opening::run() {
  const Status opened = work_(dims_);
  if (!opened) say_unmatched(opened.error().message);
  const std::lock_guard lock(mutex_);
  state_.store(opened ? State::open : State::failed, std::memory_order_release);
  for (Listener* listener : listeners_) listener->on_opened();
}

void Opening::add(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listeners_.push_back(&listener);
}

void Opening::remove(Listener& listener) {
  const std::lock_guard lock(mutex_);
  std::erase(listeners_, &listener);
}

}  // namespace sluice::cache
