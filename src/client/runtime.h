#pragma once
// The threads behind the library: one with an event loop, where connections live, and some where
// the _async calls wait. All objects of a process share them; the first call starts them, and they
// last until the process ends, so that no order of destruction can take them away.
#include <sluice/exception.h>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <thread>

#include "base/result.h"
#include "http/upstream.h"
#include "io/async.h"
#include "io/connect.h"
#include "io/loop.h"

namespace sluice::client {

class Runtime {
 public:
  static Runtime& shared();

  // For work that runs on the loop's thread.
  io::Loop& loop() { return loop_; }
  io::Connector& connector() { return *connector_; }
  http::UpstreamPool& upstreams() { return *upstreams_; }

  // Runs a coroutine on the loop and waits for it. `start` makes it, on the loop's thread; what the
  // coroutine refers to lives in the caller's frame. Not to be called on that thread.
  template <class T>
  Result<T> run(const std::function<io::Async<Result<T>>()>& start) {
    if (ended_) return fail(gateway_error("the process is ending"));
    // Shared, since the one who waits goes on while the one who tells is still telling.
    auto promise = std::make_shared<std::promise<Result<T>>>();
    auto result = promise->get_future();
    loop_.post([&start, promise] { drive<T>(start, promise); });
    return result.get();
  }

  // An object of the loop: made and destroyed on its thread, whoever lets it go.
  template <class T, class... Args>
  std::shared_ptr<T> make_on_loop(Args&&... args) {
    if (ended_) throw Exception(Failed::internal, "the process is ending");
    auto promise = std::make_shared<std::promise<T*>>();
    auto made = promise->get_future();
    loop_.post([&, promise] { promise->set_value(new T(std::forward<Args>(args)...)); });
    return std::shared_ptr<T>(made.get(),
                              [this](T* object) { loop_.post([object] { delete object; }); });
  }

  // Runs `work`, which may block, on one of the waiting threads; what it throws is in the future.
  template <class T>
  std::future<T> later(std::function<T()> work) {
    auto task = std::make_shared<std::packaged_task<T()>>(std::move(work));
    auto future = task->get_future();
    enqueue([task] { (*task)(); });
    return future;
  }

 private:
  Runtime();
  ~Runtime() = delete;
  static void stop_at_exit();

  template <class T>
  static io::Detached drive(const std::function<io::Async<Result<T>>()>& start,
                            std::shared_ptr<std::promise<Result<T>>> promise) {
    Result<T> result = co_await start();
    promise->set_value(std::move(result));
  }

  void enqueue(std::function<void()> task);

  std::atomic<bool> ended_ = false;
  const int process_;  // a child of fork() has no thread to stop
  io::Loop loop_;
  std::unique_ptr<io::Connector> connector_;
  std::unique_ptr<http::UpstreamPool> upstreams_;
  struct Waiters;
  std::unique_ptr<Waiters> waiters_;
  std::thread loop_thread_;
};

}  // namespace sluice::client
