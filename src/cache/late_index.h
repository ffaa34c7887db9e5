#pragma once
// The semantic index for a model elsewhere: it opens with the model's first vector (opening.h), and
// then is the index that its maker makes. One per loop.
#include <functional>
#include <memory>
#include <vector>

#include "cache/opening.h"
#include "cache/semantic_index.h"
#include "io/loop.h"

namespace sluice::cache {

class LateIndex final : public SemanticIndex, private Opening::Listener {
 public:
  struct Parts {
    io::Loop& loop;
    Opening& opening;  // outlives the index
    // This loop's index, once the opening is done.
    std::function<std::shared_ptr<SemanticIndex>(std::size_t dims)> make;
    // What earlier processes left is found only by an open index; this empties it before that.
    std::function<io::Async<Result<std::size_t>>(io::WaitLimit limit)> clear_unopened;
  };
  explicit LateIndex(Parts parts);
  ~LateIndex() override;
  LateIndex(const LateIndex&) = delete;

  // Finds nothing while the index is being opened and that takes longer than a client should wait.
  io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                    io::WaitLimit limit) override;
  // Waits for the index.
  io::Async<Result<std::string>> put(const NewSemanticEntry& entry, io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit) override;
  io::Async<Result<IndexStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  void used(const Neighbour& neighbour) override;
  // That of the index in use; "unopened" before.
  std::string_view name() const override;

 private:
  using State = Opening::State;
  class Waiter;
  // The state once it is no longer being opened, or when the time is up.
  io::Async<State> settled(io::WaitLimit limit);
  SemanticIndex& opened();
  void on_opened() override;
  void wake_all();

  Parts p_;
  std::shared_ptr<SemanticIndex> index_;  // null: not made yet
  std::vector<io::Pause*> waiting_;
  const std::shared_ptr<LateIndex*> self_;  // for what is posted; holds null once this is gone
};

}  // namespace sluice::cache
