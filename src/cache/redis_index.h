#pragma once
// The semantic index in a Redis with a search module (RediSearch, Redis 8, valkey-search). One per
// loop. Two layouts:
//
//   shared  the index and entries of RedisVL's SemanticCache, which LiteLLM uses too. Its schema
//           knows no scope, so more neighbours are asked for and those of other scopes dropped.
//   own     an index of the vectors with a tag for the scope: the server looks at one scope alone.
//
// The index is made when it isn't there, and again when it has vanished. One that can't be used
// (other dimensions, other fields) is said once, and looked at again every half a minute.
#include <memory>
#include <string>

#include "cache/redis_index_entry.h"
#include "cache/semantic_index.h"
#include "redis/client.h"
#include "search/cache_layout.h"

namespace sluice::cache {

class RedisIndex final : public SemanticIndex {
 public:
  // The client outlives the index.
  RedisIndex(redis::Client& client, RedisIndexOptions options);

  io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                    io::WaitLimit limit) override;
  io::Async<Result<std::string>> put(const NewSemanticEntry& entry, io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit) override;
  io::Async<Result<IndexStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  std::string_view name() const override { return "search"; }

 private:
  static constexpr std::chrono::seconds look_again{30};

  io::Async<Status> open(io::WaitLimit limit);
  io::Async<Status> open_now(io::WaitLimit limit);
  io::Async<Result<std::optional<search::IndexInfo>>> info(io::WaitLimit limit);
  io::Async<Result<search::Found>> ask(const SemanticLookup& lookup, std::size_t count,
                                       io::WaitLimit limit);
  std::vector<Neighbour> read(const search::Found& found, const SemanticLookup& lookup) const;

  redis::Client& client_;
  const RedisIndexOptions options_;
  const Schema schema_;
  bool open_ = false;
  std::unique_ptr<Error> unusable_;  // why, until look_at_
  io::Time look_at_{};
};

}  // namespace sluice::cache
