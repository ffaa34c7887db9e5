#pragma once
// The usual way: shards of a hash map and a list, each behind a mutex, moved to the front by a hit.
#include <array>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace bench {

class LockedLru {
 public:
  using Value = std::shared_ptr<const std::string>;
  explicit LockedLru(std::size_t entries) : entries_(entries / shard_count + 1) {}

  Value find(std::string_view key) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found == shard.index.end()) return nullptr;
    shard.order.splice(shard.order.begin(), shard.order, found->second);
    return found->second->second;
  }
  void keep(std::string_view key, Value value) {
    Shard& shard = shard_of(key);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.index.find(key);
    if (found != shard.index.end()) {
      found->second->second = std::move(value);
      return;
    }
    shard.order.emplace_front(key, std::move(value));
    shard.index.emplace(shard.order.front().first, shard.order.begin());
    if (shard.order.size() <= entries_) return;
    shard.index.erase(shard.order.back().first);
    shard.order.pop_back();
  }

 private:
  static constexpr std::size_t shard_count = 64;
  using Order = std::list<std::pair<std::string, Value>>;
  struct alignas(64) Shard {
    std::mutex mutex;
    Order order;  // last used first
    std::unordered_map<std::string_view, Order::iterator> index;
  };
  Shard& shard_of(std::string_view key) {
    return shards_[std::hash<std::string_view>{}(key) % shard_count];
  }
  std::size_t entries_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace bench
