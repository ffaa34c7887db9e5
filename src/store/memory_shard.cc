#include "store/memory_shard.h"

#include <algorithm>
#include <bit>

namespace sluice::store {

namespace {

// A chain has about one node when entries are of this size; larger ones make it shorter.
constexpr std::size_t usual_entry = 1024;
constexpr std::size_t most_buckets = std::size_t{1} << 20, least_buckets = 64;
constexpr std::uint8_t most_asked = 3;
// Buckets that each write looks through for entries whose time is over.
constexpr std::size_t swept_per_write = 4;
// What the allocator, the tables and the queues add to an entry.
constexpr std::size_t overhead = 128;

}  // namespace

struct MemoryStore::Shard::Node {
  std::atomic<Node*> next = nullptr;
  const std::size_t hash;
  const std::string key;
  const Bytes value;
  const io::Time expires;
  const std::size_t cost;
  mutable std::atomic<std::uint8_t> asked = 0;  // up to most_asked
  // The queue's links; writers only.
  Queue* queue = nullptr;
  Node* older = nullptr;
  Node* younger = nullptr;

  Node(std::size_t its_hash, std::string_view its_key, Bytes its_value, io::Time its_end)
      : hash(its_hash),
        key(its_key),
        value(std::move(its_value)),
        expires(its_end),
        cost(cost_of(its_key, value)) {}
};

std::size_t MemoryStore::Shard::cost_of(std::string_view key, const Bytes& value) {
  return key.size() + value->size() + overhead;
}

MemoryStore::Shard::Shard(std::size_t capacity, Epochs& epochs)
    : capacity_(capacity),
      epochs_(epochs),
      bucket_count_(
          std::bit_ceil(std::clamp(capacity / usual_entry, least_buckets, most_buckets))),
      buckets_(std::make_unique<Link[]>(bucket_count_)) {}

MemoryStore::Shard::~Shard() {
  for (std::size_t i = 0; i < bucket_count_; i++) {
    Node* node = buckets_[i].load();
    while (node != nullptr) delete std::exchange(node, node->next.load());
  }
  for (const Retired& each : retired_) delete each.node;
}

MemoryStore::Shard::Node* MemoryStore::Shard::look(std::size_t hash, std::string_view key) const {
  Node* node = bucket(hash).load(std::memory_order_acquire);
  while (node != nullptr && (node->hash != hash || node->key != key))
    node = node->next.load(std::memory_order_acquire);
  return node;
}

Bytes MemoryStore::Shard::find(std::size_t hash, std::string_view key, io::Time now) const {
  const Epochs::Reader reading(epochs_);
  const Node* node = look(hash, key);
  if (node == nullptr || node->expires <= now) return nullptr;
  const std::uint8_t asked = node->asked.load(std::memory_order_relaxed);
  if (asked < most_asked) node->asked.store(asked + 1, std::memory_order_relaxed);
  return node->value;
}

// A new node goes in front of its chain before the old one is taken out, so that a reader finds
// one of them at any moment.
void MemoryStore::Shard::keep(std::size_t hash, std::string_view key, Bytes value,
                              io::Time expires, io::Time now) {
  const std::lock_guard lock(mutex_);
  Node* old = look(hash, key);
  if (cost_of(key, value) > capacity_) {
    if (old != nullptr) drop(old);
    return;
  }
  auto* node = new Node(hash, key, std::move(value), expires);
  Link& first = bucket(hash);
  node->next.store(first.load(std::memory_order_relaxed), std::memory_order_relaxed);
  first.store(node, std::memory_order_release);
  const auto ghost = ghost_.find(hash);
  const bool wanted = old != nullptr ? old->queue == &main_ : ghost != ghost_.end();
  if (ghost != ghost_.end()) ghost_.erase(ghost);
  if (old != nullptr) {
    node->asked.store(old->asked.load(std::memory_order_relaxed), std::memory_order_relaxed);
    drop(old);
  }
  push(wanted ? main_ : small_, node);
  sweep(now);
  make_room();
  free_retired();
}

bool MemoryStore::Shard::remove(std::size_t hash, std::string_view key) {
  const std::lock_guard lock(mutex_);
  Node* node = look(hash, key);
  if (node != nullptr) drop(node);
  return node != nullptr;
}

std::size_t MemoryStore::Shard::remove_prefix(std::string_view prefix) {
  const std::lock_guard lock(mutex_);
  std::size_t removed = 0;
  for (Queue* queue : {&small_, &main_}) {
    for (Node* node = queue->oldest; node != nullptr;) {
      Node* next = node->younger;
      if (node->key.starts_with(prefix)) drop(node), removed++;
      node = next;
    }
  }
  free_retired();
  return removed;
}

void MemoryStore::Shard::add_to(StoreStats& sum) const {
  const std::lock_guard lock(mutex_);
  sum.entries += small_.count + main_.count;
  sum.bytes += small_.bytes + main_.bytes;
  sum.evicted += evicted_;
  sum.expired += expired_;
}

void MemoryStore::Shard::push(Queue& queue, Node* node) {
  node->queue = &queue;
  node->older = queue.youngest;
  node->younger = nullptr;
  (queue.youngest != nullptr ? queue.youngest->younger : queue.oldest) = node;
  queue.youngest = node;
  queue.bytes += node->cost;
  queue.count++;
}

void MemoryStore::Shard::take(Node* node) {
  Queue& queue = *node->queue;
  (node->older != nullptr ? node->older->younger : queue.oldest) = node->younger;
  (node->younger != nullptr ? node->younger->older : queue.youngest) = node->older;
  queue.bytes -= node->cost;
  queue.count--;
}

void MemoryStore::Shard::unlink(Node* node) {
  Link* link = &bucket(node->hash);
  while (link->load(std::memory_order_relaxed) != node)
    link = &link->load(std::memory_order_relaxed)->next;
  link->store(node->next.load(std::memory_order_relaxed), std::memory_order_release);
}

void MemoryStore::Shard::drop(Node* node) {
  take(node);
  unlink(node);
  retired_.push_back({node, epochs_.advance()});
}

void MemoryStore::Shard::make_room() {
  while (small_.bytes + main_.bytes > capacity_) {
    if (small_.bytes > capacity_ / 10 || main_.count == 0)
      evict_from_small();
    else
      evict_from_main();
  }
}

void MemoryStore::Shard::evict_from_small() {
  Node* node = small_.oldest;
  if (node->asked.load(std::memory_order_relaxed) > 1) {
    take(node);
    node->asked.store(0, std::memory_order_relaxed);
    push(main_, node);
    return;
  }
  remember(node->hash);
  evicted_++;
  drop(node);
}

void MemoryStore::Shard::evict_from_main() {
  Node* node = main_.oldest;
  const std::uint8_t asked = node->asked.load(std::memory_order_relaxed);
  if (asked > 0) {
    take(node);
    node->asked.store(asked - 1, std::memory_order_relaxed);
    push(main_, node);
    return;
  }
  evicted_++;
  drop(node);
}

void MemoryStore::Shard::remember(std::size_t hash) {
  ghost_order_.push_back(hash);
  ghost_.insert(hash);
  const std::size_t most = std::max<std::size_t>(main_.count, 64);
  while (ghost_order_.size() > most) {
    const auto found = ghost_.find(ghost_order_.front());
    if (found != ghost_.end()) ghost_.erase(found);
    ghost_order_.pop_front();
  }
}

void MemoryStore::Shard::sweep(io::Time now) {
  for (std::size_t i = 0; i < swept_per_write; i++) {
    swept_ = (swept_ + 1) & (bucket_count_ - 1);
    for (Node* node = buckets_[swept_].load(std::memory_order_relaxed); node != nullptr;) {
      Node* next = node->next.load(std::memory_order_relaxed);
      if (node->expires <= now) drop(node), expired_++;
      node = next;
    }
  }
}

// Nodes are retired in the order of their epochs.
void MemoryStore::Shard::free_retired() {
  while (!retired_.empty() && epochs_.passed(retired_.front().epoch)) {
    delete retired_.front().node;
    retired_.pop_front();
  }
}

}  // namespace sluice::store
