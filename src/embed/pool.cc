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
  for (const Job& job : waiting_) job.done(Outcome::too_late, {});
  waiting_.clear();
}

bool Pool::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (over_ || waiting_.size() >= most_waiting_) {
      turned_away_++;
      return false;
    }
    waiting_.push_back(std::move(job));
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
    const Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    encode(job);
  }
}

void Pool::encode(const Job& job) {
  if (std::chrono::steady_clock::now() >= job.deadline) {
    too_late_++;
    return job.done(Outcome::too_late, {});
  }
  std::vector<float> vector(static_cast<std::size_t>(encoder_->dimensions()));
  if (!encoder_->encode(job.text, vector, job.long_text)) return job.done(Outcome::too_long, {});
  encoded_++;
  job.done(Outcome::encoded, std::move(vector));
}

}  // namespace sluice::embed
