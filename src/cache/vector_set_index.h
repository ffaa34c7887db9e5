#pragma once
// The semantic index on a Redis 8 without a search module: a vector set for each scope finds the
// candidates, hashes hold the entries. One per loop.
//
//   llmcache:<id>                        the entry (redis_index_entry.h), with its end
//   llmcache#vectors:<space>:<scope>     a vector set of ids, quantised to 8 bits
//
// An element can't end by itself: one whose hash is gone is taken out by the lookup that meets it,
// and a set ends with the last entry that has an end. Entries of other programs are not found.
#include <string>
#include <utility>
#include <vector>

#include "cache/redis_index_entry.h"
#include "cache/semantic_index.h"
#include "redis/client.h"

namespace sluice::cache {

class VectorSetIndex final : public SemanticIndex {
 public:
  // The client outlives the index.
  VectorSetIndex(redis::Client& client, RedisIndexOptions options)
      : client_(client), options_(std::move(options)) {}

  io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                    io::WaitLimit limit) override;
  io::Async<Result<std::string>> put(const NewSemanticEntry& entry, io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit) override;
  // The entries that the sets name; a few of them may have ended.
  io::Async<Result<IndexStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  std::string_view name() const override { return "vector-set"; }

 private:
  // As the set has it: similarities are those of quantised vectors.
  struct Candidate {
    std::string id;
    double similarity = 0;
  };
  std::string sets_prefix() const;
  std::string set_of(std::string_view scope) const;
  io::Async<Result<std::vector<Candidate>>> candidates(const SemanticLookup& lookup,
                                                       std::size_t count, io::WaitLimit limit);
  io::Async<Result<std::vector<Neighbour>>> read(const std::vector<Candidate>& candidates,
                                                 const SemanticLookup& lookup, io::WaitLimit limit);
  io::Async<Status> take_out(const std::string& set, const std::vector<std::string>& ids,
                             io::WaitLimit limit);
  io::Async<Status> add_to_set(const NewSemanticEntry& entry, const std::string& id,
                               io::WaitLimit limit);
  io::Async<Result<std::size_t>> count_elements(std::size_t master, io::WaitLimit limit);

  redis::Client& client_;
  const RedisIndexOptions options_;
};

}  // namespace sluice::cache
