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
  enum class Outcome { encoded, too_late, too_long };
  // Called on a thread of the pool; `vector` is empty unless the text was encoded.
  using Done = std::function<void(Outcome outcome, std::vector<float> vector)>;

  Pool(std::shared_ptr<const Encoder> encoder, PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;

  struct Job {
    std::string text;
    Time deadline;  // when it has passed before the job's turn, the job is too late
    LongText long_text = LongText::cut;
    Done done;
  };
  // Any thread. False: too many wait, or the pool has stopped; `done` is not called.
  bool submit(Job job);
  // Waits for what is being encoded; what waits for its turn is too late. No `done` is called
  // afterwards, so what they use may go.
  void stop();
  PoolCounts counts() const;
  const Encoder& encoder() const { return *encoder_; }

 private:
  void run();
  void encode(const Job& job);

  const std::shared_ptr<const Encoder> encoder_;
  const std::size_t most_waiting_;
  std::atomic<std::uint64_t> encoded_ = 0, turned_away_ = 0, too_late_ = 0;
  std::mutex mutex_;  // guards what follows
  std::condition_variable filled_;
  std::deque<Job> waiting_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::embed
