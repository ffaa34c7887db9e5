#include "store/memory_shard.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "store/memory_node.h"

namespace sluice::store {

namespace {

// A chain has about one node when entries are of this size; larger ones make it shorter.
constexpr std::size_t usual_entry = 1024;
constexpr std::size_t most_buckets = std::size_t{1} << 20, least_buckets = 64;
// Buckets that each write looks through for entries whose time is over.
constexpr std::size_t swept_per_write = 4;

std::size_t buckets_for(std::size_t capacity) {
  return std::bit_ceil(std::clamp(capacity / usual_entry, least_buckets, most_buckets));
}

}  // namespace

MemoryStore::Shard::Shard(std::size_t capacity, Epochs& epochs)
    : bucket_count_(buckets_for(capacity)),
      capacity_(capacity),
      epochs_(epochs),
      buckets_(std::make_unique<Link[]>(bucket_count_)),
      ghost_(2 * bucket_count_) {}

MemoryStore::Shard::~Shard() {
  for (std::size_t i = 0; i < bucket_count_; i++) {
    Node* node = buckets_[i].load();
    while (node != nullptr) Node::free(std::exchange(node, node->next.load()));
  }
  for (const Retired& each : retired_) Node::free(each.node);
}

MemoryStore::Shard::Node* MemoryStore::Shard::look(std::size_t hash, std::string_view key) const {
  Node* node = bucket(hash).load();
  while (node != nullptr && (node->hash != hash || node->key() != key)) node = node->next.load();
  return node;
}

bool MemoryStore::Shard::is_over(const Node* node, io::Time now) const {
  return node->expires <= now || node->generation != generation_.load();
}

Bytes MemoryStore::Shard::find(std::size_t hash, std::string_view key, io::Time now) const {
  const Node* node = look(hash, key);
  if (node == nullptr || is_over(node, now)) return nullptr;
  // A hit that two readers count as one does no harm; a node that is asked often is not written.
  const std::uint8_t asked = node->asked.load(std::memory_order_relaxed);
  if (asked < Node::most_asked) node->asked.store(asked + 1, std::memory_order_relaxed);
  return node->value;
}

void MemoryStore::Shard::keep(NewEntry entry) {
  const std::lock_guard lock(mutex_);
  insert(std::move(entry));
}

bool MemoryStore::Shard::keep_unless_removed(NewEntry entry, std::uint64_t since) {
  const std::lock_guard lock(mutex_);
  if (removals_.load(std::memory_order_relaxed) != since) return false;
  insert(std::move(entry));
  return true;
}

// A new node goes in front of its chain before the old one is taken out, so that a reader finds
// one of them at any moment. (What is too large or over leaves the old one out as well: it would
// be wrong.)
void MemoryStore::Shard::insert(NewEntry entry) {
  const io::Time now = entry.now;
  Node* old = look(entry.hash, entry.key);
  if (Node::cost_of(entry.key, *entry.value) > capacity_ || entry.expires <= now) {
    if (old != nullptr) drop(old);
  } else {
    Node* node = Node::make(std::move(entry), generation_.load());
    link(node);
    const bool returned = ghost_.take(node->hash, ghost_length());
    const bool wanted = old != nullptr ? old->queue == &main_ : returned;
    if (old != nullptr) {
      node->asked.store(old->asked.load(std::memory_order_relaxed), std::memory_order_relaxed);
      drop(old);
    }
    push(wanted ? main_ : small_, node);
  }
  sweep(now);
  make_room(now);
  free_retired();
}

bool MemoryStore::Shard::remove(std::size_t hash, std::string_view key, io::Time now) {
  const std::lock_guard lock(mutex_);
  removals_++;
  Node* node = look(hash, key);
  if (node == nullptr) return false;
  const bool counts = !is_over(node, now);
  drop(node);
  free_retired();
  return counts;
}

void MemoryStore::Shard::remove_all() {
  const std::lock_guard lock(mutex_);
  removals_++;
  generation_++;
}

std::size_t MemoryStore::Shard::remove_prefix(std::string_view prefix, io::Time now) {
  const std::lock_guard lock(mutex_);
  removals_++;
  std::size_t removed = 0;
  for (Queue* queue : {&small_, &main_}) {
    for (Node* node = queue->oldest; node != nullptr;) {
      Node* next = node->younger;
      if (node->key().starts_with(prefix)) {
        if (!is_over(node, now)) removed++;
        drop(node);
      }
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

// As many as `main` has when it is full: while it fills, a shorter memory would keep it from
// filling.
std::size_t MemoryStore::Shard::ghost_length() const {
  return std::max<std::size_t>((small_.count + main_.count) * 9 / 10, 64);
}

void MemoryStore::Shard::link(Node* node) {
  Link& first = bucket(node->hash);
  node->next.store(first.load());
  first.store(node);
}

void MemoryStore::Shard::unlink(Node* node) {
  Link* link = &bucket(node->hash);
  while (link->load() != node) link = &link->load()->next;
  link->store(node->next.load());
}

void MemoryStore::Shard::push(Queue& queue, Node* node) {
  node->queue = &queue;
  node->older = queue.youngest;
  node->younger = nullptr;
  (queue.youngest != nullptr ? queue.youngest->younger : queue.oldest) = node;
  queue.youngest = node;
  queue.bytes += node->cost();
  queue.count++;
}

void MemoryStore::Shard::take(Node* node) {
  Queue& queue = *node->queue;
  (node->older != nullptr ? node->older->younger : queue.oldest) = node->younger;
  (node->younger != nullptr ? node->younger->older : queue.youngest) = node->older;
  queue.bytes -= node->cost();
  queue.count--;
}

void MemoryStore::Shard::drop(Node* node) {
  take(node);
  unlink(node);
  retired_.push_back({node, epochs_.advance()});
}

void MemoryStore::Shard::make_room(io::Time now) {
  while (small_.bytes + main_.bytes > capacity_) {
    if (small_.bytes > capacity_ / 10 || main_.count == 0)
      evict_from_small(now);
    else
      evict_from_main(now);
  }
}

void MemoryStore::Shard::evict_from_small(io::Time now) {
  Node* node = small_.oldest;
  if (drop_if_over(node, now)) return;
  if (node->asked.load(std::memory_order_relaxed) > 1) {
    take(node);
    node->asked.store(0, std::memory_order_relaxed);
    push(main_, node);
    return;
  }
  ghost_.add(node->hash);
  evicted_++;
  drop(node);
}

void MemoryStore::Shard::evict_from_main(io::Time now) {
  Node* node = main_.oldest;
  if (drop_if_over(node, now)) return;
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

bool MemoryStore::Shard::drop_if_over(Node* node, io::Time now) {
  if (!is_over(node, now)) return false;
  if (node->expires <= now) expired_++;
  drop(node);
  return true;
}

void MemoryStore::Shard::sweep(io::Time now) {
  for (std::size_t i = 0; i < swept_per_write; i++) {
    swept_ = (swept_ + 1) & (bucket_count_ - 1);
    for (Node* node = buckets_[swept_].load(); node != nullptr;) {
      Node* next = node->next.load();
      drop_if_over(node, now);
      node = next;
    }
  }
}

// Nodes are retired in the order of their epochs.
void MemoryStore::Shard::free_retired() {
  if (retired_.empty()) return;
  const std::uint64_t oldest = epochs_.oldest_reading();
  while (!retired_.empty() && retired_.front().epoch < oldest) {
    Node::free(retired_.front().node);
    retired_.pop_front();
  }
}

}  // namespace sluice::store
