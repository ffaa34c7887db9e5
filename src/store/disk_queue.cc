#include "store/disk_queue.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"

namespace sluice::store {

namespace {

constexpr std::size_t most_changes = 1024;  // in a batch
// Changes that come one by one share a transaction, and with it the disk's flush.
constexpr Milliseconds company{20};
// Between two attempts while the disk refuses.
constexpr Milliseconds between_attempts{1000};
// What a change takes besides key and value.
constexpr std::size_t overhead = 256;

std::size_t size_of(const DiskChange& change) {
  return overhead + 2 * change.key.size() + (change.value == nullptr ? 0 : change.value->size());
}

Error full_error() {
  Error error = gateway_error(
      "the disk cache takes no more entries for now: the disk at `disk_cache_dir` is slower than "
      "they come");
  error.code = ErrorCode::unavailable;
  error.status = 503;
  return error;
}

}  // namespace

Status DiskQueue::put(std::string_view key, Bytes value, std::int64_t end) {
  const std::lock_guard lock(mutex_);
  return push({.key = std::string(key), .value = std::move(value), .end = end});
}

Status DiskQueue::erase(std::string_view key) {
  const std::lock_guard lock(mutex_);
  return push({.kind = DiskChange::Kind::erase, .key = std::string(key)});
}

Result<DiskQueue::Snapshot> DiskQueue::clear(std::string_view prefix,
                                             const std::function<void()>& at_that_moment) {
  const std::lock_guard lock(mutex_);
  Status pushed = push({.kind = DiskChange::Kind::clear, .key = std::string(prefix)});
  if (!pushed) return fail(std::move(pushed).error());
  at_that_moment();
  Snapshot before = take_pending(prefix);
  clearing_.push_back(queue_.back());
  return before;
}

DiskQueue::Snapshot DiskQueue::take_pending(std::string_view prefix) {
  Snapshot taken;
  for (const DiskChange& each : clearing_) taken.cleared.push_back(each.key);
  std::erase_if(pending_, [&](const auto& each) {
    const bool matches = each.first.starts_with(prefix);
    if (matches) taken.pending.emplace(each.first, each.second.pending);
    return matches;
  });
  return taken;
}

bool DiskQueue::Snapshot::hides(std::string_view key) const {
  return pending.contains(key) ||
         std::ranges::any_of(cleared, [&](const auto& each) { return key.starts_with(each); });
}

Status DiskQueue::push(DiskChange change) {
  if (stopping_ || bytes_ + size_of(change) > most_bytes_) return fail(full_error());
  change.number = ++last_number_;
  bytes_ += size_of(change);
  if (change.kind != DiskChange::Kind::clear) note(change);
  queue_.push_back(std::move(change));
  work_.notify_one();
  return Done{};
}

void DiskQueue::note(const DiskChange& change) {
  pending_.insert_or_assign(change.key, Noted{{change.value, change.end}, change.number});
}

std::optional<DiskQueue::Pending> DiskQueue::peek(std::string_view key) const {
  const std::lock_guard lock(mutex_);
  if (const auto found = pending_.find(key); found != pending_.end()) return found->second.pending;
  for (const DiskChange& each : clearing_)
    if (key.starts_with(each.key)) return Pending{};
  return std::nullopt;
}

Status DiskQueue::flush(Milliseconds patience) {
  Lock lock(mutex_);
  const std::uint64_t wanted = last_number_;
  hurry_ = true;
  work_.notify_one();
  settled_.wait_for(lock, patience,
                    [&] { return settled_number_ >= wanted || !trouble_.empty() || stopped_; });
  if (!trouble_.empty()) return fail(gateway_error(trouble_));
  if (settled_number_ < wanted)
    return fail(gateway_error("the disk at `disk_cache_dir` has not written in time"));
  return Done{};
}

std::string DiskQueue::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

DiskBatch DiskQueue::next() {
  Lock lock(mutex_);
  work_.wait(lock, [this] { return !queue_.empty() || stopping_; });
  wait_for_company(lock);
  if (queue_.empty() || (stopping_ && !trouble_.empty())) {
    stopped_ = true;
    settled_.notify_all();
    return {};
  }
  return take();
}

void DiskQueue::wait_for_company(Lock& lock) {
  const Milliseconds time = trouble_.empty() ? company : between_attempts;
  const bool may_hurry = trouble_.empty();
  work_.wait_for(lock, time, [&] {
    return stopping_ ||
           (may_hurry && (hurry_ || queue_.size() >= most_changes || bytes_ >= batch_bytes_));
  });
}

// A clear goes alone, as it takes transactions of its own.
DiskBatch DiskQueue::take() {
  DiskBatch batch;
  std::size_t bytes = 0;
  while (!queue_.empty() && batch.size() < most_changes && bytes < batch_bytes_) {
    const bool alone = queue_.front().kind == DiskChange::Kind::clear;
    if (alone && !batch.empty()) break;
    bytes += size_of(queue_.front());
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
    if (alone) break;
  }
  if (queue_.empty()) hurry_ = false;
  return batch;
}

void DiskQueue::settle(DiskBatch batch, std::string trouble) {
  const std::lock_guard lock(mutex_);
  if (trouble_.empty() && !trouble.empty())
    log(LogLevel::warn, "the disk cache can't write; it keeps trying", {{"reason", trouble}});
  if (!trouble_.empty() && trouble.empty())
    log(LogLevel::info, "the disk cache writes again", {{"lost", std::to_string(lost_)}});
  trouble_ = std::move(trouble);
  if (trouble_.empty()) {
    lost_ = 0;
    settled_number_ = batch.back().number;
    for (const DiskChange& change : batch) forget(change);
  } else {
    put_back(std::move(batch));
  }
  settled_.notify_all();
}

void DiskQueue::forget(const DiskChange& change) {
  bytes_ -= size_of(change);
  if (change.kind == DiskChange::Kind::clear) {
    clearing_.pop_front();  // they settle in their order
    return;
  }
  const auto found = pending_.find(change.key);
  if (found != pending_.end() && found->second.number == change.number) pending_.erase(found);
}

void DiskQueue::put_back(DiskBatch batch) {
  for (DiskChange& change : batch) {
    if (change.kind != DiskChange::Kind::put) continue;
    bytes_ -= size_of(change);
    lost_++;
    change.kind = DiskChange::Kind::erase;
    change.value = nullptr;
    bytes_ += size_of(change);
    const auto found = pending_.find(change.key);
    if (found != pending_.end() && found->second.number == change.number)
      found->second.pending = {};
  }
  queue_.insert(queue_.begin(), std::move_iterator(batch.begin()), std::move_iterator(batch.end()));
}

bool DiskQueue::stop(Milliseconds patience) {
  Lock lock(mutex_);
  stopping_ = true;
  work_.notify_one();
  return settled_.wait_for(lock, patience, [this] { return stopped_; });
}

}  // namespace sluice::store
