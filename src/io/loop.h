#pragma once
// One event loop per thread: epoll, coarse timers, and a mailbox through which other threads hand
// it work. Everything but post() and stop() is for the loop's own thread.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "io/outbox.h"
#include "io/timer.h"

struct epoll_event;

namespace sluice::io {

// Receives the readiness of one file descriptor (edge triggered, epoll's bits).
class Watcher {
 public:
  virtual void on_events(std::uint32_t events) = 0;

 protected:
  ~Watcher() = default;
};

// Something to do once, before the loop sleeps: what the events of one turn have gathered.
class TurnEnd {
 public:
  virtual void on_turn_end() = 0;

 protected:
  ~TurnEnd() = default;
};

class Loop {
 public:
  // Bytes of the buffers that all streams of a loop share, and what may be read past their end
  // (simdjson's padding).
  static constexpr std::size_t buffer_size = 65536, buffer_padding = 64;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(); may be run again.
  void run();
  void stop();                            // any thread
  void post(std::function<void()> work);  // any thread; runs on the loop's thread
  // Once, at the end of this turn. Who asked must say so before it is destroyed: forget_turn_end().
  void at_turn_end(TurnEnd& hook) { turn_ends_.push_back(&hook); }
  void forget_turn_end(TurnEnd& hook);
  // What streams send leaves at the end of the turn, before the hooks above are called.
  Outbox& outbox() { return outbox_; }

  // The time at which this turn began: exact enough for deadlines, free to read.
  Time now() const { return now_; }
  void arm(Timer& timer, Time due) { wheel_.arm(timer, due); }

  void watch(int fd, std::uint32_t events, Watcher& watcher);
  void rewatch(int fd, std::uint32_t events, Watcher& watcher);
  // No event reaches the watcher after this, also none of the running batch.
  void forget(int fd, Watcher& watcher);

  // Where streams put what they read; valid until the next suspension of whoever reads.
  char* read_buffer() { return read_buffer_.get(); }
  char* cipher_buffer() { return cipher_buffer_.get(); }  // TLS: undecrypted bytes, same size

 private:
  void run_posted();

  int epoll_;
  int wake_;  // eventfd
  std::atomic<bool> stopped_ = false;
  Time now_;
  TimerWheel wheel_;
  std::unique_ptr<char[]> read_buffer_, cipher_buffer_;
  void end_turn();
  std::vector<TurnEnd*> turn_ends_, ending_;
  Outbox outbox_;
  std::unique_ptr<epoll_event[]> batch_;
  int batch_at_ = 0, batch_end_ = 0;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

}  // namespace sluice::io
