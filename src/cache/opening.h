#pragma once
// Something that all loops of the process share and that can be opened only once it is known how
// many dimensions vectors have: with the first one of a model elsewhere. Any thread.
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace sluice::cache {

// Warns in the log that the semantic cache does without, and why.
void say_unmatched(const std::string& why);

class Opening {
 public:
  enum class State { closed, opening, open, failed };
  // Runs on a thread of its own, as it may read a disk for seconds.
  using Work = std::function<Status(std::size_t dims)>;
  explicit Opening(Work work) : work_(std::move(work)) {}
  ~Opening();  // waits for the work
  Opening(const Opening&) = delete;

  // The first call decides the dimensions and starts the work; later ones only tell the state,
  // which is `failed` at once where no thread can be started. The log says why something failed.
  State begin(std::size_t dims);
  State state() const { return state_.load(std::memory_order_acquire); }
  std::size_t dims() const { return dims_; }  // once it has begun
  // Error: a vector of so many dimensions is not of the kind that it was begun for; the log says so
  // once.
  Status check(std::size_t dims);

  // Told on the work's thread when it has ended, well or not.
  class Listener {
   public:
    virtual void on_opened() = 0;

   protected:
    ~Listener() = default;
  };
  void add(Listener& listener);
  void remove(Listener& listener);  // it is not told any more once this has returned

 private:
  bool start();
  void run();

  const Work work_;
  std::atomic<State> state_ = State::closed;
  std::atomic<std::size_t> dims_ = 0, refused_dims_ = 0;
  std::mutex mutex_;  // guards what follows
  std::vector<Listener*> listeners_;
  std::thread thread_;
};

}  // namespace sluice::cache
