#pragma once
// The semantic index behind a Redis, whatever it can: it is asked with the first call, and used as
// it is.
//
//   FT.SEARCH   redis_index.h        RediSearch, Redis 8 with its query engine, valkey-search
//   VADD        vector_set_index.h   Redis 8
//   XADD        replicated_index.h   any Redis or Valkey since 5
#include <memory>

#include "cache/replicated_index.h"
#include "cache/semantic_index.h"

namespace sluice::cache {

class ProbedIndex final : public SemanticIndex {
 public:
  // What all loops of a process share is the replica, which stays empty where the server has an
  // index itself.
  explicit ProbedIndex(ReplicatedIndex::Parts parts) : p_(std::move(parts)) {}

  io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                    io::WaitLimit limit) override;
  io::Async<Result<std::string>> put(const NewSemanticEntry& entry, io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit) override;
  io::Async<Result<IndexStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  void used(const Neighbour& neighbour) override;
  // That of the index in use; "redis" before the server has been asked.
  std::string_view name() const override;

 private:
  io::Async<Result<SemanticIndex*>> index(io::WaitLimit limit);
  Result<std::unique_ptr<SemanticIndex>> choose(const redis::Reply& commands) const;

  ReplicatedIndex::Parts p_;
  std::unique_ptr<SemanticIndex> index_;
};

}  // namespace sluice::cache
