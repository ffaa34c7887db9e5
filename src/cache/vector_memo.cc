#include "cache/vector_memo.h"

#include <deque>
#include <mutex>
#include <unordered_map>

#include "base/digest.h"

namespace sluice::cache {

namespace {

// Of the tables around a vector and of its digest, which is there twice.
constexpr std::size_t overhead = 250;

std::size_t bytes_of(const Vector& vector) { return overhead + vector->size() * sizeof(float); }

}  // namespace

// Oldest out first: a text that is asked again is in the exact cache by then.
class VectorMemo::Shard {
 public:
  explicit Shard(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  Vector find(const std::string& digest) const {
    const std::lock_guard lock(mutex_);
    const auto found = vectors_.find(digest);
    return found == vectors_.end() ? nullptr : found->second;
  }
  void keep(const std::string& digest, Vector vector) {
    const std::lock_guard lock(mutex_);
    const auto [place, is_new] = vectors_.try_emplace(digest, std::move(vector));
    if (!is_new) return;
    order_.push_back(digest);
    bytes_ += bytes_of(place->second);
    while (bytes_ > most_bytes_) forget_oldest();
  }

 private:
  void forget_oldest() {
    const auto oldest = vectors_.find(order_.front());
    bytes_ -= bytes_of(oldest->second);
    vectors_.erase(oldest);
    order_.pop_front();
  }

  const std::size_t most_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  std::unordered_map<std::string, Vector> vectors_;
  std::deque<std::string> order_;
  std::size_t bytes_ = 0;
};

VectorMemo::VectorMemo(std::size_t most_bytes) {
  for (std::size_t i = 0; i < shard_count; i++)
    shards_.push_back(std::make_unique<Shard>(most_bytes / shard_count));
}

VectorMemo::~VectorMemo() = default;

VectorMemo::Shard& VectorMemo::shard_of(std::string_view digest) const {
  return *shards_[static_cast<unsigned char>(digest.front()) % shard_count];
}

std::string VectorMemo::digest_of(std::string_view text) { return sha256(text); }

Vector VectorMemo::find(const std::string& digest) const { return shard_of(digest).find(digest); }

void VectorMemo::keep(const std::string& digest, Vector vector) {
  shard_of(digest).keep(digest, std::move(vector));
}

}  // namespace sluice::cache
