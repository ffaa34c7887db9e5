#pragma once
// A hash map for many threads: many small ones, each behind a mutex that is held for moments. A
// small one also grows quickly, where a large one would stop its thread for as long as a request
// may take.
#include <array>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sluice::cache {

template <class Key, class Value>
class StripedMap {
 public:
  // A default value when there is none.
  Value find(const Key& key) const {
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    const auto found = stripe.map.find(key);
    return found == stripe.map.end() ? Value{} : found->second;
  }
  void put(Key key, Value value) {
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    stripe.map.insert_or_assign(std::move(key), std::move(value));
  }
  void erase(const Key& key) {
    Stripe& stripe = stripe_of(key);
    const std::lock_guard lock(stripe.mutex);
    stripe.map.erase(key);
  }
  std::vector<Key> keys() const {
    std::vector<Key> keys;
    for (Stripe& stripe : stripes_) {
      const std::lock_guard lock(stripe.mutex);
      for (const auto& [key, value] : stripe.map) keys.push_back(key);
    }
    return keys;
  }
  std::size_t size() const {
    std::size_t sum = 0;
    for (Stripe& stripe : stripes_) {
      const std::lock_guard lock(stripe.mutex);
      sum += stripe.map.size();
    }
    return sum;
  }

 private:
  struct alignas(64) Stripe {
    std::mutex mutex;
    std::unordered_map<Key, Value> map;  // guarded by mutex
  };
  Stripe& stripe_of(const Key& key) const {
    return stripes_[std::hash<Key>()(key) % stripes_.size()];
  }
  mutable std::array<Stripe, 64> stripes_;
};

}  // namespace sluice::cache
