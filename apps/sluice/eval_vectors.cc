#include "sluice/eval_vectors.h"

#include <atomic>
#include <mutex>
#include <thread>

#include "sluice/eval_progress.h"

namespace sluice::eval {

void Vectors::add(const embed::Encoder& encoder, const std::vector<std::string>& texts,
                  const std::string& what) {
  dimensions_ = static_cast<std::size_t>(encoder.dimensions());
  const std::size_t first = index_.size();
  std::vector<const std::string*> fresh;
  for (const auto& text : texts) {
    const auto [at, added] = index_.try_emplace(text, index_.size());
    if (added) fresh.push_back(&at->first);
  }
  values_.resize(index_.size() * dimensions_);
  Progress progress(what, fresh.size());
  std::mutex drawing;
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i; (i = next++) < fresh.size();) {
      encoder.encode(*fresh[i], {values_.data() + (first + i) * dimensions_, dimensions_});
      const std::scoped_lock lock(drawing);
      progress.advance();
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); i++) threads.emplace_back(work);
  work();
}

double Vectors::similarity(const std::string& a, const std::string& b) const {
  return dot(at(index_of(a)), at(index_of(b)));
}

// Lanes of their own, since the order of a sum may not be changed by the compiler.
double dot(std::span<const float> a, std::span<const float> b) {
  constexpr std::size_t lanes = 16;
  float sums[lanes] = {};
  std::size_t i = 0;
  for (; i + lanes <= a.size(); i += lanes) {
    for (std::size_t lane = 0; lane < lanes; lane++) sums[lane] += a[i + lane] * b[i + lane];
  }
  double sum = 0;
  for (const float lane : sums) sum += static_cast<double>(lane);
  for (; i < a.size(); i++) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace sluice::eval
