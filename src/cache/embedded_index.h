#pragma once
// The semantic index in this process: a vector index for each scope, the texts in memory within a
// bound, and optionally a disk store from which everything is read again at the start.
//
//   TRY(const auto index, EmbeddedIndex::open({.dims = 384, .space = "minilm int8 6638f6…"}));
//   for (const Neighbour& each : index->find({.scope = scope, .vector = vector})) …
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "cache/embedded_queue.h"
#include "cache/semantic_index.h"
#include "cache/striped_map.h"
#include "store/disk_store.h"
#include "vector/flat_index.h"

namespace sluice::cache {

// When something ends that is kept for that long; without a time it never does.
vector::Moment end_after(vector::Moment now, std::optional<Milliseconds> ttl);

class EmbeddedIndex final : public SemanticIndex {
 public:
  using WallTime = std::chrono::system_clock::time_point;
  struct Options {
    std::size_t dims = 0;
    // Which encoder makes the vectors, to the last bit: those of another one are never compared.
    std::string space;
    std::size_t capacity_bytes = std::size_t{256} << 20;
    std::shared_ptr<store::DiskStore> disk;  // null: what is in memory ends with the process
    std::function<WallTime()> clock = std::chrono::system_clock::now;
  };
  // Reads what is on disk: 100,000 entries in about a second. Error: the disk's.
  static Result<std::shared_ptr<EmbeddedIndex>> open(Options options);

  // An entry that came from elsewhere and keeps its id, its times and its end.
  struct Arrived {
    SemanticEntry entry;
    std::span<const float> vector;
    vector::Moment ends = vector::never_ends;
  };

  // The same as the coroutines below, without waiting. Any thread.
  Result<std::vector<Neighbour>> find(const SemanticLookup& lookup) const;
  // Something larger than an eighth of the capacity is not kept.
  Result<std::string> keep(const NewSemanticEntry& entry);
  // False, and nothing is kept: the vector doesn't fit. Does not write to the disk.
  bool take(Arrived arrived);
  bool remove(std::string_view id);
  std::size_t remove_all();
  IndexStats count();
  // The ids of all entries.
  std::vector<std::string> ids();

  io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                    io::WaitLimit limit) override;
  io::Async<Result<std::string>> put(const NewSemanticEntry& entry, io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(io::WaitLimit limit) override;
  io::Async<Result<IndexStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  void used(const Neighbour& neighbour) override;
  void used(std::string_view id);
  std::string_view name() const override { return "embedded"; }

 private:
  using Entry = std::shared_ptr<EmbeddedEntry>;
  using Scope = std::shared_ptr<vector::FlatIndex>;

  explicit EmbeddedIndex(Options options);
  vector::Moment now() const;
  Status load();

  // With writing_ held.
  bool add(Arrived arrived);
  void remove_entry(const Entry& entry);
  void forget(const Entry& entry);
  void make_room();
  void end_what_is_over(std::size_t most);

  // Without it: the disk has locks of its own, under which load() takes what it is shown.
  bool drop(const std::string& id);
  void write_to_disk(const SemanticEntry& entry, const NewSemanticEntry& from);
  void erase_from_disk(const std::string& id);
  void erase_evicted_from_disk();

  const Options options_;
  const std::string disk_prefix_;  // of the keys
  // Readers look here without waiting for writers: scope → its vectors, row and id → their entry.
  StripedMap<std::string, Scope> scopes_;
  StripedMap<std::uint64_t, Entry> rows_;
  StripedMap<std::string, Entry> ids_;

  std::mutex disk_order_;  // held for a whole change, so that the disk sees them in their order
  std::mutex writing_;     // guards what follows
  EmbeddedQueue queue_;
  std::set<std::pair<vector::Moment, std::uint64_t>> ends_;  // of the entries that end: the row
  std::uint64_t next_row_ = 0;
  std::size_t evicted_ = 0, expired_ = 0;
  std::vector<std::string> evicted_ids_;  // still on the disk
};

}  // namespace sluice::cache
