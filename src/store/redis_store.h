#pragma once
// Entries in a Redis or Valkey, as strings under their keys: what LiteLLM and any other client can
// read. One per loop. Every call costs at most what its limit says; the client's breaker makes that
// nothing while the server is away.
#include <functional>
#include <string>

#include "redis/client.h"
#include "store/backing_store.h"

namespace sluice::store {

class RedisStore final : public BackingStore {
 public:
  struct Options {
    std::string name_space;  // check() writes a key there; empty = none
    // Whether a key is one of this cache; clear() leaves others alone. Null: all are.
    std::function<bool(std::string_view key)> owns;
  };
  // The client outlives the store.
  RedisStore(redis::Client& client, Options options);

  // What is no string is no entry: null. The errors name the setting to look at.
  io::Async<Result<Bytes>> get(std::string_view key, io::WaitLimit limit) override;
  io::Async<Result<Found>> look(std::string_view key, io::WaitLimit limit) override;
  io::Async<Status> put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                        io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit) override;
  // Goes through all keys of the Redis with SCAN, on every master.
  io::Async<Result<std::size_t>> clear(std::string_view prefix, io::WaitLimit limit) override;
  // Bytes, capacity, evicted and expired are those of the whole Redis (of all masters together);
  // entries are not known.
  io::Async<Result<StoreStats>> stats(io::WaitLimit limit) override;
  // Writes, reads and erases a key.
  io::Async<Status> check(io::WaitLimit limit) override;
  std::string_view name() const override { return "redis"; }

  Milliseconds copies_hold() const override;
  void on_change(Changed changed) override { client_.track(std::move(changed)); }

 private:
  io::Async<Result<redis::Reply>> ask(redis::Command command, io::WaitLimit limit);
  io::Async<Result<std::int64_t>> unlink(std::span<const std::string> keys, io::WaitLimit limit);
  io::Async<Result<std::size_t>> clear_master(std::size_t number, const std::string& pattern,
                                              io::WaitLimit limit);
  Bytes count(redis::Reply& reply);

  redis::Client& client_;
  const Options options_;
  bool has_unlink_ = true;  // since Redis 4
  std::size_t hits_ = 0, misses_ = 0;
};

}  // namespace sluice::store
