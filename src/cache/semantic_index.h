#pragma once
// Where questions with the same meaning are found: entries with vectors, in this process or behind
// a Redis. Every index passes semantic_index_conformance_test.h.
//
// An entry belongs to a scope (semantic_question.h), and a lookup sees its own scope alone. What is
// broken, slow or of a foreign shape is an error for the caller to count, never one for a client.
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/async.h"
#include "io/pause.h"
#include "model/deployment.h"

namespace sluice::cache {

struct SemanticEntry {
  std::string id;                          // its name in the index; made by put()
  std::string scope;                       // empty: another program's entry, which knows none
  std::string prompt;                      // what is matched by meaning
  std::string response;                    // opaque here
  std::string metadata;                    // a JSON object, without the scope; empty = none
  double inserted_at = 0, updated_at = 0;  // Unix seconds
};

// What put() is given. Views: they must live until the call has been awaited.
struct NewSemanticEntry {
  std::string_view scope;  // not empty
  std::string_view prompt, response;
  std::span<const float> vector;  // of any length above zero
  std::string_view metadata;      // a JSON object; empty = none
  std::optional<Milliseconds> ttl;
};

struct SemanticLookup {
  std::string_view scope;
  std::span<const float> vector;
  std::size_t count = 3;       // at most so many
  float least_similarity = 0;  // farther ones are left out
  bool foreign_too = false;    // also entries that know no scope
};

struct Neighbour {
  std::shared_ptr<const SemanticEntry> entry;
  float similarity = 0;  // the cosine, by the whole vectors
};

struct IndexStats {
  std::size_t entries = 0, bytes = 0;  // 0 where the index can't tell
  std::size_t capacity_bytes = 0;      // 0 = unbounded
  std::size_t evicted = 0, expired = 0;
};

// The embedded index serves all loops; those behind a Redis belong to one each.
class SemanticIndex {
 public:
  virtual ~SemanticIndex() = default;

  // The nearest first. Error: the index could not be asked in time, or the vector doesn't fit it.
  virtual io::Async<Result<std::vector<Neighbour>>> nearest(const SemanticLookup& lookup,
                                                            io::WaitLimit limit) = 0;
  // Replaces the entry with that prompt in that scope. Gives its id. Error: as nearest(), or a text
  // that is no UTF-8.
  virtual io::Async<Result<std::string>> put(const NewSemanticEntry& entry,
                                             io::WaitLimit limit) = 0;
  // True: there was such an entry.
  virtual io::Async<Result<bool>> erase(std::string_view id, io::WaitLimit limit) = 0;
  // Erases every entry of this index; returns how many.
  virtual io::Async<Result<std::size_t>> clear(io::WaitLimit limit) = 0;
  virtual io::Async<Result<IndexStats>> stats(io::WaitLimit limit) = 0;
  // Whether the index can be used; the error says what is wrong, with the setting to look at.
  virtual io::Async<Status> check(io::WaitLimit limit) = 0;
  // The caller has served this one: where room is short, it stays longer.
  virtual void used(const Neighbour&) {}
  // "embedded", "search", "vector-set", "replicated"; before one of them is there "unopened", or
  // "redis".
  virtual std::string_view name() const = 0;
};

// What every index refuses, whatever is behind it.
Status check_entry(const NewSemanticEntry& entry, std::size_t dims);
Status check_lookup(const SemanticLookup& lookup, std::size_t dims);

// The cosine of two vectors of one size; nothing when one of them has no direction.
std::optional<float> cosine_of(std::span<const float> a, std::span<const float> b);

}  // namespace sluice::cache
