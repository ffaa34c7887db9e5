#include "io/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace sluice::io {

namespace {
// Few enough that what a turn's first event sends does not wait long for its last (io/outbox.h).
constexpr int batch_size = 64;

int checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
  return fd;
}
}  // namespace

Loop::Loop()
    : epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wake_(checked(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      now_(Clock::now()),
      wheel_(now_),
      read_buffer_(std::make_unique_for_overwrite<char[]>(buffer_size + buffer_padding)),
      cipher_buffer_(std::make_unique_for_overwrite<char[]>(buffer_size)),
      batch_(std::make_unique<epoll_event[]>(batch_size)) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

Loop::~Loop() {
  ::close(wake_);
  ::close(epoll_);
}

void Loop::run() {
  while (!stopped_.load(std::memory_order_relaxed)) {
    end_turn();
    const bool idle = turn_ends_.empty() && outbox_.empty();
    const int wait = idle ? wheel_.wait(now_) : 0;
    batch_end_ = ::epoll_wait(epoll_, batch_.get(), batch_size, wait);
    now_ = Clock::now();
    for (batch_at_ = 0; batch_at_ < batch_end_; batch_at_++) {
      const epoll_event event = batch_[batch_at_];
      if (event.data.ptr == this) continue;  // forgotten in this batch
      if (event.data.ptr == nullptr) {
        run_posted();
      } else {
        static_cast<Watcher*>(event.data.ptr)->on_events(event.events);
      }
    }
    batch_end_ = 0;
    wheel_.turn(now_);
  }
  end_turn();
  stopped_.store(false, std::memory_order_relaxed);
}

void Loop::stop() {
  stopped_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

void Loop::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(work));
    if (posted_.size() > 1) return;  // a wake-up is under way
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

// What is sent and asked for meanwhile waits for the next turn's end.
void Loop::end_turn() {
  outbox_.flush();
  ending_.swap(turn_ends_);
  for (std::size_t i = 0; i < ending_.size(); i++) {
    if (TurnEnd* hook = std::exchange(ending_[i], nullptr); hook != nullptr) hook->on_turn_end();
  }
  ending_.clear();
}

void Loop::forget_turn_end(TurnEnd& hook) {
  for (auto* list : {&turn_ends_, &ending_})
    std::ranges::replace(*list, &hook, static_cast<TurnEnd*>(nullptr));
}

void Loop::run_posted() {
  std::uint64_t count;
  [[maybe_unused]] const auto got = ::read(wake_, &count, sizeof count);
  std::vector<std::function<void()>> work;
  {
    const std::lock_guard lock(mutex_);
    work.swap(posted_);
  }
  for (const auto& each : work) each();
}

void Loop::watch(int fd, std::uint32_t events, Watcher& watcher) {
  epoll_event event{.events = events, .data = {.ptr = &watcher}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void Loop::rewatch(int fd, std::uint32_t events, Watcher& watcher) {
  epoll_event event{.events = events, .data = {.ptr = &watcher}};
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void Loop::forget(int fd, Watcher& watcher) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
  for (int i = batch_at_ + 1; i < batch_end_; i++) {
    if (batch_[i].data.ptr == &watcher) batch_[i].data.ptr = this;  // `this` = nobody
  }
}

}  // namespace sluice::io
