#pragma once
// One entry of a shard of the memory store, with its key behind it in the same allocation. What
// readers look at never changes, except for `next` and `asked`.
#include <atomic>
#include <cstring>
#include <new>
#include <string_view>

#include "store/memory_shard.h"

namespace sluice::store {

struct MemoryStore::Shard::Node {
  std::atomic<Node*> next = nullptr;
  const std::size_t hash;
  const io::Time expires;
  const Bytes value;
  const std::uint32_t key_size, generation;
  mutable std::atomic<std::uint8_t> asked = 0;  // up to most_asked
  // The queue's links; writers only.
  Queue* queue = nullptr;
  Node* older = nullptr;
  Node* younger = nullptr;

  static constexpr std::uint8_t most_asked = 3;

  static Node* make(NewEntry entry, std::uint32_t generation) {
    void* place = ::operator new(sizeof(Node) + entry.key.size());
    return new (place) Node(std::move(entry), generation);
  }
  static void free(Node* node) {
    node->~Node();
    ::operator delete(node);
  }

  std::string_view key() const { return {reinterpret_cast<const char*>(this + 1), key_size}; }
  std::size_t cost() const { return cost_of(key(), *value); }

  // What an entry takes: the node, the value behind its shared_ptr, its bytes, and what malloc adds
  // to these three (16 bytes each at most); its share of the chains and of the ghost queue (24).
  static std::size_t cost_of(std::string_view key, const std::string& value) {
    constexpr std::size_t shared_string = sizeof(std::string) + 16;
    return sizeof(Node) + key.size() + shared_string + value.capacity() + 3 * 16 + 24;
  }

 private:
  Node(NewEntry entry, std::uint32_t its_generation)
      : hash(entry.hash),
        expires(entry.expires),
        value(std::move(entry.value)),
        key_size(static_cast<std::uint32_t>(entry.key.size())),
        generation(its_generation) {
    std::memcpy(static_cast<void*>(this + 1), entry.key.data(), entry.key.size());
  }
};

}  // namespace sluice::store
