#include "cache/embedder.h"

#include <deque>
#include <mutex>
#include <unordered_map>

#include "base/digest.h"

namespace sluice::cache {

// Oldest out first: a text that is asked again is in the exact cache by then.
class VectorMemo::Shard {
 public:
  explicit Shard(std::size_t most) : most_(most) {}

  Vector find(const std::string& digest) const {
    const std::lock_guard lock(mutex_);
    const auto found = vectors_.find(digest);
    return found == vectors_.end() ? nullptr : found->second;
  }
  void keep(const std::string& digest, Vector vector) {
    const std::lock_guard lock(mutex_);
    if (!vectors_.insert_or_assign(digest, std::move(vector)).second) return;
    order_.push_back(digest);
    if (order_.size() <= most_) return;
    vectors_.erase(order_.front());
    order_.pop_front();
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Vector> vectors_;
  std::deque<std::string> order_;
};

VectorMemo::VectorMemo(std::size_t most_texts) {
  for (std::size_t i = 0; i < shard_count; i++)
    shards_.push_back(std::make_unique<Shard>(most_texts / shard_count + 1));
}

VectorMemo::~VectorMemo() = default;

VectorMemo::Shard& VectorMemo::shard_of(std::string_view digest) const {
  return *shards_[static_cast<unsigned char>(digest.front()) % shard_count];
}

// Texts are kept as digests: prompts may be long, and are nobody's business.
Vector VectorMemo::find(std::string_view text) const {
  const std::string digest = sha256(text);
  return shard_of(digest).find(digest);
}

void VectorMemo::keep(std::string_view text, Vector vector) {
  const std::string digest = sha256(text);
  shard_of(digest).keep(digest, std::move(vector));
}

namespace {

// Between the coroutine that waits and the thread that encodes; either may be gone first.
struct Pending {
  io::Pause* pause;  // the loop's thread only; null: nobody waits any more
  std::vector<float> vector;
};

struct Unhook {
  std::shared_ptr<Pending> pending;
  ~Unhook() { pending->pause = nullptr; }
};

Error no_vector(const char* why) { return gateway_error(std::string("no embedding: ") + why); }

}  // namespace

io::Async<Result<Vector>> LocalEmbedder::embed(std::string_view text, io::WaitLimit limit) {
  if (memo_ != nullptr) {
    if (Vector known = memo_->find(text); known != nullptr) co_return known;
  }
  io::Pause pause(loop_, limit);
  const Unhook waiting{std::make_shared<Pending>(&pause)};
  const auto done = [&loop = loop_, pending = waiting.pending](std::vector<float> vector) {
    loop.post([pending, vector = std::move(vector)]() mutable {
      if (pending->pause == nullptr) return;
      pending->vector = std::move(vector);
      pending->pause->wake();
    });
  };
  if (!pool_.submit(std::string(text), limit.deadline, done))
    co_return fail(no_vector("the encoder's queue is full"));
  const io::IoError ended = co_await pause;
  if (ended != io::IoError::none || waiting.pending->vector.empty())
    co_return fail(no_vector("not in time"));
  auto vector = std::make_shared<const std::vector<float>>(std::move(waiting.pending->vector));
  if (memo_ != nullptr) memo_->keep(text, vector);
  co_return vector;
}

bool LocalEmbedder::is_built_in() const { return pool_.encoder().name() == "all-MiniLM-L6-v2"; }

}  // namespace sluice::cache
