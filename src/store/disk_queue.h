#pragma once
// Changes on their way to the file of a disk store. A change counts as made when it is in here:
// until it is in the file, peek() knows it. Any thread; one thread takes batches out.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/disk_format.h"
#include "store/store.h"

namespace sluice::store {

struct DiskChange {
  enum class Kind : std::uint8_t { put, erase, clear } kind = Kind::put;
  std::string key;  // of a clear: the prefix
  Bytes value;      // of a put
  std::int64_t end = no_end;
  std::uint64_t number = 0;  // in the order of the queue; set by it
};
using DiskBatch = std::vector<DiskChange>;

class DiskQueue {
 public:
  // What is in the queue for a key: a value, or (bytes null) that it is gone.
  struct Pending {
    Bytes bytes;
    std::int64_t end = no_end;
  };
  // What was in the queue at a moment.
  struct Snapshot {
    std::map<std::string, Pending, std::less<>> pending;  // under the prefix asked for
    std::vector<std::string> cleared;        // prefixes under which the file counts not
    bool hides(std::string_view key) const;  // the file's entry counts not
  };

  // More than `most_bytes` in the queue is refused. A batch has about `batch_bytes` at most.
  DiskQueue(std::size_t most_bytes, std::size_t batch_bytes)
      : most_bytes_(most_bytes), batch_bytes_(batch_bytes) {}

  // Error (unavailable): the queue is full.
  Status put(std::string_view key, Bytes value, std::int64_t end);
  Status erase(std::string_view key);
  // Also calls `at_that_moment`, before any other change and before a batch is settled. Returns
  // what was there just before.
  Result<Snapshot> clear(std::string_view prefix, const std::function<void()>& at_that_moment);
  // nullopt: the file says.
  std::optional<Pending> peek(std::string_view key) const;
  // Waits until all changes made so far are in the file. Error: they could not be written, or not
  // in that time.
  Status flush(Milliseconds patience);
  // The error that the writer has met last; empty when it has written since.
  std::string trouble() const;

  // For the writer. Waits for changes, a little longer for further ones. Empty: the end.
  DiskBatch next();
  // `trouble` is empty when the batch is in the file. Else its keys are to be taken out of the file
  // instead, so that no older value comes back; that is tried again after a while.
  void settle(DiskBatch batch, std::string trouble);
  // No more changes; next() ends after what is there. False: not within that time.
  bool stop(Milliseconds patience);

 private:
  struct Noted {
    Pending pending;
    std::uint64_t number;
  };
  struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Lock = std::unique_lock<std::mutex>;

  // With mutex_ held.
  Status push(DiskChange change);
  void note(const DiskChange& change);
  Snapshot take_pending(std::string_view prefix);
  void forget(const DiskChange& change);
  void put_back(DiskBatch batch);
  DiskBatch take();
  void wait_for_company(Lock& lock);

  const std::size_t most_bytes_, batch_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable work_, settled_;
  std::deque<DiskChange> queue_;
  std::size_t bytes_ = 0;  // of the queue and of the batch that is being written
  std::unordered_map<std::string, Noted, HashOfText, std::equal_to<>> pending_;
  std::deque<DiskChange> clearing_;  // those that are not yet settled
  std::uint64_t last_number_ = 0, settled_number_ = 0;
  std::size_t lost_ = 0;  // values since the trouble began
  std::string trouble_;
  bool hurry_ = false, stopping_ = false, stopped_ = false;
};

}  // namespace sluice::store
