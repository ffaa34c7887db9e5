#pragma once
// Entries in a file (LMDB): they survive a restart, a kill -9 and, but for the last moments, the
// machine's crash. The file never grows beyond its bound; what is oldest goes first. Several
// processes may use one directory at the same time.
//
// A read is a walk through the memory map on the calling thread. A change is in a queue when put()
// or erase() returns, where every read of this process finds it; a thread writes what is there
// every 20 ms, in one transaction. Whoever is killed loses that.
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "store/backing_store.h"
#include "store/disk_writer.h"

namespace sluice::store {

class DiskStore final : public BackingStore {
 public:
  using WallTime = std::chrono::system_clock::time_point;
  struct Options {
    std::string directory;  // made if it does not exist
    std::size_t capacity_bytes = std::size_t{1} << 30;
    std::function<WallTime()> clock = std::chrono::system_clock::now;
  };
  // A file that another version of Sluice has written is set aside (renamed). One directory is
  // opened once: another call gets the same store, with the new capacity (and the old clock).
  // Error: names `disk_cache_dir` and what is wrong with it.
  static Result<std::shared_ptr<DiskStore>> open(Options options);
  ~DiskStore() override;
  DiskStore(const DiskStore&) = delete;

  // The same as the coroutines below, without waiting. Any thread.
  Result<Found> find(std::string_view key);
  Status keep(std::string_view key, Bytes value, std::optional<Milliseconds> ttl);
  Result<bool> remove(std::string_view key);
  Result<std::size_t> remove_prefix(std::string_view prefix);

  // Every entry in the file whose key begins with `prefix`, in the order of the keys, at the time
  // when it is reached; `end` is absent when it has none. The views are valid during the call.
  // Memory does not depend on how many there are. Any thread.
  using Visit = std::function<void(std::string_view key, std::string_view bytes,
                                   std::optional<WallTime> end)>;
  Status for_each(std::string_view prefix, const Visit& visit);
  // Waits until every change made so far is on the disk. Error: it is not.
  Status flush(Milliseconds patience);

  io::Async<Result<Bytes>> get(std::string_view key, io::WaitLimit limit) override;
  io::Async<Result<Found>> look(std::string_view key, io::WaitLimit limit) override;
  io::Async<Status> put(std::string_view key, Bytes value, std::optional<Milliseconds> ttl,
                        io::WaitLimit limit) override;
  io::Async<Result<bool>> erase(std::string_view key, io::WaitLimit limit) override;
  io::Async<Result<std::size_t>> clear(std::string_view prefix, io::WaitLimit limit) override;
  io::Async<Result<StoreStats>> stats(io::WaitLimit limit) override;
  io::Async<Status> check(io::WaitLimit limit) override;
  std::string_view name() const override { return "disk"; }

  // Another process may change the file without a word. A read costs a few microseconds, so that
  // asking again every second is nothing.
  Milliseconds copies_hold() const override { return Milliseconds(1000); }
  void on_change(Changed) override {}

 private:
  explicit DiskStore(std::shared_ptr<DiskState> state);
  Result<Found> found(Bytes bytes, std::int64_t end);
  Result<Found> find_in_file(std::string_view key);
  Status check_file() const;
  Error read_error(int code) const;

  std::shared_ptr<DiskState> state_;
  std::thread writer_;
  std::atomic<std::size_t> hits_ = 0, misses_ = 0;
};

}  // namespace sluice::store
