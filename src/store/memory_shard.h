#pragma once
// One shard of the memory store: a hash table whose chains readers walk without a lock, and the
// three queues of S3-FIFO.
//
//   small  where entries begin, a tenth of the bytes: most that are never asked again go from here
//   main   entries that were asked twice while in `small`, or that come back soon after they went
//   ghost  hashes of what left `small` unasked, as many as `main` may have
#include <atomic>
#include <deque>
#include <mutex>
#include <string>

#include "store/ghost_table.h"
#include "store/memory_store.h"

namespace sluice::store {

class MemoryStore::Shard {
 public:
  struct NewEntry {
    std::size_t hash;
    std::string_view key;
    Bytes value;
    io::Time expires, now;
  };

  Shard(std::size_t capacity, Epochs& epochs);
  ~Shard();

  // The caller is `reading` the epochs meanwhile.
  Bytes find(std::size_t hash, std::string_view key, io::Time now) const;
  void keep(NewEntry entry);
  bool remove(std::size_t hash, std::string_view key, io::Time now);
  std::size_t remove_prefix(std::string_view prefix, io::Time now);
  void remove_all();
  std::uint64_t removals() const { return removals_.load(); }
  bool keep_unless_removed(NewEntry entry, std::uint64_t since);
  void add_to(StoreStats& sum) const;

 private:
  struct Node;
  struct Queue {  // doubly linked, oldest first
    Node* oldest = nullptr;
    Node* youngest = nullptr;
    std::size_t bytes = 0, count = 0;
  };
  struct Retired {
    Node* node;
    std::uint64_t epoch;
  };
  using Link = std::atomic<Node*>;

  // Not by the lowest bits: those choose the shard.
  Link& bucket(std::size_t hash) const { return buckets_[(hash >> 8) & (bucket_count_ - 1)]; }
  Node* look(std::size_t hash, std::string_view key) const;
  bool is_over(const Node* node, io::Time now) const;

  // With mutex_ held.
  void insert(NewEntry entry);
  std::size_t ghost_length() const;
  void link(Node* node);
  void unlink(Node* node);
  void push(Queue& queue, Node* node);
  void take(Node* node);
  void drop(Node* node);
  void make_room(io::Time now);
  void evict_from_small(io::Time now);
  void evict_from_main(io::Time now);
  bool drop_if_over(Node* node, io::Time now);
  void sweep(io::Time now);
  void free_retired();

  std::size_t bucket_count_;
  const std::size_t capacity_;  // of what the queues hold
  Epochs& epochs_;
  std::unique_ptr<Link[]> buckets_;
  // Both are changed by who holds mutex_. What is of an earlier generation is over.
  std::atomic<std::uint64_t> removals_ = 0;
  std::atomic<std::uint32_t> generation_ = 0;

  mutable std::mutex mutex_;  // of writers; guards what follows
  Queue small_, main_;
  GhostTable ghost_;
  std::deque<Retired> retired_;
  std::size_t swept_ = 0;  // the next bucket to look for expired entries in
  std::size_t evicted_ = 0, expired_ = 0;
};

}  // namespace sluice::store
