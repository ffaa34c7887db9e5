#pragma once
// Destroys on a thread of its own what takes too long for whoever lets go of it last: an event loop
// must not wait for a disk, or for another thread's end.
//
//   std::shared_ptr<Cache> cache = reaper.adopt(std::move(opened));
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice {

class Reaper {
 public:
  Reaper() : thread_([this](const std::stop_token& stop) { run(stop); }) {}
  // Waits until all that it was left is destroyed; nothing that it adopted may still be in use.
  ~Reaper() = default;
  Reaper(const Reaper&) = delete;

  // The same thing, now for all threads to let go of.
  template <class T>
  std::shared_ptr<T> adopt(std::shared_ptr<T> thing) {
    T* const its = thing.get();
    return {its, [this, last = std::move(thing)](T*) mutable { take(std::move(last)); }};
  }

 private:
  void take(std::shared_ptr<void> last) {
    {
      const std::lock_guard lock(mutex_);
      left_.push_back(std::move(last));
    }
    more_.notify_one();
  }

  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (more_.wait(lock, stop, [this] { return !left_.empty(); })) {
      std::vector<std::shared_ptr<void>> ending;
      ending.swap(left_);
      lock.unlock();
      ending.clear();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any more_;
  std::vector<std::shared_ptr<void>> left_;  // guarded by mutex_
  std::jthread thread_;                      // ends first
};

}  // namespace sluice
