#include "client/runtime.h"

#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <mutex>

#include "base/digest.h"
#include "client/failures.h"

namespace sluice::client {
namespace {

// Enough for calls that mostly wait for a server; more would only queue there.
constexpr std::size_t most_waiters = 16;

// The program's signals are for the program's threads.
std::thread start_quietly(std::function<void()> body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

struct Runtime::Waiters {
  std::mutex mutex;
  std::condition_variable work_there;
  // Guarded by the mutex:
  std::deque<std::function<void()>> tasks;
  std::size_t threads = 0, idle = 0;

  void serve() {
    std::unique_lock lock(mutex);
    for (;;) {
      idle++;
      work_there.wait(lock, [this] { return !tasks.empty(); });
      idle--;
      const auto task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      lock.lock();
    }
  }
};

Runtime& Runtime::shared() {
  static Runtime* const runtime = new Runtime;
  return *runtime;
}

Runtime::Runtime() : process_(getpid()), waiters_(std::make_unique<Waiters>()) {
  auto proxies = value_of(io::ProxySettings::from_environment());
  connector_ = std::make_unique<io::Connector>(
      loop_, std::make_shared<const io::ProxySettings>(std::move(proxies)));
  upstreams_ = std::make_unique<http::UpstreamPool>(loop_, *connector_);
  // OpenSSL clears up at exit as well; what is registered after it runs before it.
  (void)sha256("");
  std::atexit(stop_at_exit);
  loop_thread_ = start_quietly([this] { loop_.run(); });
}

void Runtime::stop_at_exit() {
  Runtime& runtime = shared();
  runtime.ended_ = true;
  if (getpid() != runtime.process_) return;
  runtime.loop_.stop();
  runtime.loop_thread_.join();
}

void Runtime::enqueue(std::function<void()> task) {
  const std::lock_guard lock(waiters_->mutex);
  waiters_->tasks.push_back(std::move(task));
  if (waiters_->idle < waiters_->tasks.size() && waiters_->threads < most_waiters) {
    waiters_->threads++;
    start_quietly([waiters = waiters_.get()] { waiters->serve(); }).detach();
  }
  waiters_->work_there.notify_one();
}

}  // namespace sluice::client
