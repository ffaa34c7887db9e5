#include "embed/pool.h"

#include <algorithm>

namespace sluice::embed {

Pool::Pool(std::shared_ptr<const Encoder> encoder, PoolOptions options)
    : encoder_(std::move(encoder)), most_waiting_(options.most_waiting) {
  for (int i = 0; i < std::max(1, options.threads); i++) threads_.emplace_back([this] { run(); });
}

Pool::~Pool() { stop(); }

void Pool::stop() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  filled_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  for (const Work& work : waiting_) work.done({});
  waiting_.clear();
}

bool Pool::submit(std::string text, Time deadline, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (over_ || waiting_.size() >= most_waiting_) {
      turned_away_++;
      return false;
    }
    waiting_.push_back({std::move(text), deadline, std::move(done)});
  }
  filled_.notify_one();
  return true;
}

PoolCounts Pool::counts() const {
  return {.encoded = encoded_, .turned_away = turned_away_, .too_late = too_late_};
}

void Pool::run() {
  for (;;) {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    const Work work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (std::chrono::steady_clock::now() >= work.deadline) {
      too_late_++;
      work.done({});
      continue;
    }
    std::vector<float> vector(static_cast<std::size_t>(encoder_->dimensions()));
    encoder_->encode(work.text, vector);
    encoded_++;
    work.done(std::move(vector));
  }
}

}  // namespace sluice::embed
