#pragma once
// Threads that encode texts, so that no event loop ever does: a text takes half a millisecond and
// more. The queue is bounded; what does not fit is turned away at once.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "embed/encoder.h"

namespace sluice::embed {

struct PoolOptions {
  int threads = 1;
  std::size_t most_waiting = 256;  // texts
};

struct PoolCounts {
  std::uint64_t encoded = 0, turned_away = 0, too_late = 0;
};

class Pool {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Gets the vector on a thread of the pool; an empty one when its time had passed before its turn.
  using Done = std::function<void(std::vector<float> vector)>;

  Pool(std::shared_ptr<const Encoder> encoder, PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;

  // Any thread. False: too many wait, or the pool has stopped; `done` is not called.
  bool submit(std::string text, Time deadline, Done done);
  // Waits for what is being encoded; what waits for its turn gets an empty vector. No `done` is
  // called afterwards, so what they use may go.
  void stop();
  PoolCounts counts() const;
  const Encoder& encoder() const { return *encoder_; }

 private:
  struct Work {
    std::string text;
    Time deadline;
    Done done;
  };
  void run();

  const std::shared_ptr<const Encoder> encoder_;
  const std::size_t most_waiting_;
  std::atomic<std::uint64_t> encoded_ = 0, turned_away_ = 0, too_late_ = 0;
  std::mutex mutex_;  // guards what follows
  std::condition_variable filled_;
  std::deque<Work> waiting_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::embed
