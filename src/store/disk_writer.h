#pragma once
// Writes the changes of a DiskQueue into the file, several in one transaction, and keeps the file
// within its size: what has ended goes first, then what is oldest.
#include <atomic>
#include <functional>
#include <memory>

#include "store/disk_queue.h"
#include "store/disk_table.h"

namespace sluice::store {

// What reading and writing share. The thread that writes holds it too: it may hang on a disk or on
// another process when the store has long gone.
struct DiskState {
  DiskState(std::unique_ptr<LmdbFile> its_file, DiskTables its_tables, std::size_t its_capacity);

  // Pages in use at most: LMDB writes changed pages to free ones, and needs some of these.
  std::size_t room() const { return capacity - capacity / 8; }
  // A value that would take the place of too many others, or whose pages would hardly be found
  // side by side, is not kept.
  std::size_t largest_value() const { return capacity / 8; }

  const std::unique_ptr<LmdbFile> file;
  const DiskTables tables;
  std::function<std::int64_t()> now;  // milliseconds since 1970; any thread
  DiskQueue queue;
  std::atomic<std::size_t> capacity, evicted = 0, expired = 0;
};

// Until the queue is stopped.
void write_changes(const std::shared_ptr<DiskState>& state);

}  // namespace sluice::store
