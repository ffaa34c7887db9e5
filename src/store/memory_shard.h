#pragma once
// One shard of the memory store: a hash table whose chains readers walk without a lock, and the
// three queues of S3-FIFO.
//
//   small  where entries begin, a tenth of the bytes: most that are never asked again go from here
//   main   entries that were asked while in `small`, or that come back soon after they went
//   ghost  digests of what left `small`, as many as `main` has entries
#include <atomic>
#include <deque>
#include <list>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "store/memory_store.h"

namespace sluice::store {

class MemoryStore::Shard {
 public:
  Shard(std::size_t capacity, Epochs& epochs);
  ~Shard();

  Bytes find(std::size_t hash, std::string_view key, io::Time now) const;
  void keep(std::size_t hash, std::string_view key, Bytes value, io::Time expires, io::Time now);
  bool remove(std::size_t hash, std::string_view key);
  std::size_t remove_prefix(std::string_view prefix);
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

  static std::size_t cost_of(std::string_view key, const Bytes& value);
  Link& bucket(std::size_t hash) const { return buckets_[(hash >> 8) & (bucket_count_ - 1)]; }
  Node* look(std::size_t hash, std::string_view key) const;
  void unlink(Node* node);
  void push(Queue& queue, Node* node);
  void take(Node* node);
  void drop(Node* node);
  void make_room();
  void evict_from_small();
  void evict_from_main();
  void remember(std::size_t hash);
  void sweep(io::Time now);
  void free_retired();

  const std::size_t capacity_;
  Epochs& epochs_;
  std::size_t bucket_count_;
  std::unique_ptr<Link[]> buckets_;

  mutable std::mutex mutex_;  // of writers; guards what follows
  Queue small_, main_;
  std::deque<std::size_t> ghost_order_;
  std::unordered_multiset<std::size_t> ghost_;
  std::deque<Retired> retired_;
  std::size_t swept_ = 0;  // the next bucket to look for expired entries in
  std::size_t evicted_ = 0, expired_ = 0;
};

}  // namespace sluice::store
