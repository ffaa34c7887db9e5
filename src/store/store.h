#pragma once
// A place for bytes under a name, with an end: the seam behind the caches. Every store passes
// store_conformance_test.h.
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/async.h"
#include "io/pause.h"
#include "model/deployment.h"

namespace sluice::store {

// Immutable once stored, so that a reader may keep it without copying.
using Bytes = std::shared_ptr<const std::string>;

struct StoreStats {
  std::size_t entries = 0, bytes = 0;  // 0 where the store can't tell
  std::size_t capacity_bytes = 0;      // 0 = unbounded
  std::size_t evicted = 0, expired = 0;
  std::size_t hits = 0, misses = 0;  // of this process
};

// Memory and disk serve all loops; a Redis store belongs to one.
class Store {
 public:
  virtual ~Store() = default;

  // Null when there is nothing, or nothing that has not expired. Error: the store could not be
  // asked in time.
  virtual io::Async<Result<Bytes>> get(std::string_view key, io::WaitLimit limit) = 0;
  // Replaces what is there: no get that begins after this has ended finds the old value. Without a
  // ttl it stays until it is evicted; with one of zero or less it is gone at once.
  virtual io::Async<Status> put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                                io::WaitLimit limit) = 0;
  // True: there was something.
  virtual io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit) = 0;
  // Erases every key that begins with `prefix`; returns how many.
  virtual io::Async<Result<std::size_t>> clear(std::string_view prefix, io::WaitLimit limit) = 0;
  virtual io::Async<Result<StoreStats>> stats(io::WaitLimit limit) = 0;
  // Whether the store can be reached and may be written to; the error says what is wrong, with the
  // setting to look at.
  virtual io::Async<Status> check(io::WaitLimit limit) = 0;
  virtual std::string_view name() const = 0;  // "memory", "disk", "redis"
};

}  // namespace sluice::store
