#include "store/disk_writer.h"

#include <algorithm>
#include <cerrno>

namespace sluice::store {

namespace {

// Entries that one transaction takes out besides what it writes.
constexpr std::size_t most_dropped = 4096;
constexpr std::size_t cleared_at_once = 1024;
// What a row takes in the three tables besides its bytes, roughly.
constexpr std::size_t row_overhead = 256;

bool is_full(int error) {
  return error == MDB_MAP_FULL || error == MDB_TXN_FULL || error == ENOSPC || error == EDQUOT ||
         error == EFBIG;
}

class Writer {
 public:
  explicit Writer(DiskState& state) : state_(state) {}

  // An LMDB code.
  int write(const DiskBatch& batch);

 private:
  int write_together(const DiskBatch& batch);
  int clear(const std::string& prefix);
  int apply(DiskWriting& writing, const DiskChange& change);
  int make_room(WriteTransaction& transaction, std::size_t needed, std::size_t room);
  int drop_ended(DiskWriting& writing);
  int shrink();
  void count_dropped();

  DiskState& state_;
  std::size_t evicted_ = 0, expired_ = 0;  // in this transaction
};

// The file may have no place although it should: pages that a reader still sees are not free, and
// a large value needs pages side by side. Then more than usual has to go.
int Writer::write(const DiskBatch& batch) {
  int error = write_together(batch);
  for (int attempt = 0; attempt < 4 && is_full(error); attempt++) {
    mdb_reader_check(state_.file->env(), nullptr);
    if ((error = shrink()) == 0) error = write_together(batch);
  }
  return error;
}

int Writer::write_together(const DiskBatch& batch) {
  if (batch.front().kind == DiskChange::Kind::clear) return clear(batch.front().key);
  std::size_t needed = 0;
  for (const DiskChange& each : batch)
    if (each.value != nullptr) needed += each.key.size() + each.value->size() + row_overhead;
  WriteTransaction transaction(*state_.file);
  if (transaction.error() != 0) return transaction.error();
  evicted_ = expired_ = 0;
  DiskWriting writing(transaction.get(), state_.tables);
  if (const int error = drop_ended(writing)) return error;
  if (const int error = make_room(transaction, needed, state_.room())) return error;
  for (const DiskChange& change : batch)
    if (const int error = apply(writing, change)) return error;
  if (const int error = transaction.commit()) return error;
  count_dropped();
  return 0;
}

int Writer::apply(DiskWriting& writing, const DiskChange& change) {
  if (change.kind == DiskChange::Kind::put)
    return writing.put(change.key, *change.value, change.end);
  const int error = writing.erase(change.key);
  return error == MDB_NOTFOUND ? 0 : error;
}

int Writer::drop_ended(DiskWriting& writing) {
  const std::int64_t now = state_.now();
  int error = 0;
  while (error == 0 && expired_ < most_dropped)
    if ((error = writing.drop_ended(now)) == 0) expired_++;
  return error == MDB_NOTFOUND ? 0 : error;
}

int Writer::make_room(WriteTransaction& transaction, std::size_t needed, std::size_t room) {
  DiskWriting writing(transaction.get(), state_.tables);
  while (evicted_ < most_dropped) {
    std::size_t used = 0, entries = 0;
    if (const int error = count_pages(transaction.get(), state_.tables, used, entries))
      return error;
    if (used + needed <= room) return 0;
    const int error = writing.drop_oldest();
    if (error != 0) return error == MDB_NOTFOUND ? 0 : error;
    evicted_++;
  }
  return 0;
}

// Takes out a tenth of what is there, a few entries at a time when even that finds no page.
int Writer::shrink() {
  int error = MDB_MAP_FULL;
  for (std::size_t share = 10; is_full(error) && share <= 1000; share *= 10) {
    WriteTransaction transaction(*state_.file);
    if (transaction.error() != 0) return transaction.error();
    evicted_ = expired_ = 0;
    std::size_t used = 0, entries = 0;
    error = count_pages(transaction.get(), state_.tables, used, entries);
    if (error == 0) error = make_room(transaction, 0, used - used / share);
    if (error != 0) continue;
    if ((error = transaction.commit()) == 0) count_dropped();
  }
  return error;
}

int Writer::clear(const std::string& prefix) {
  std::string from;
  int error = 0;
  while (error == 0) {
    WriteTransaction transaction(*state_.file);
    if (transaction.error() != 0) return transaction.error();
    DiskWriting writing(transaction.get(), state_.tables);
    error = writing.drop_prefix(prefix, from, cleared_at_once);
    if (error != 0 && error != MDB_NOTFOUND) return error;
    if (const int failed = transaction.commit()) return failed;
  }
  return 0;
}

void Writer::count_dropped() {
  state_.evicted += evicted_;
  state_.expired += expired_;
}

}  // namespace

DiskState::DiskState(std::unique_ptr<LmdbFile> its_file, DiskTables its_tables,
                     std::size_t its_capacity)
    : file(std::move(its_file)),
      tables(its_tables),
      queue(std::clamp<std::size_t>(its_capacity / 4, 1u << 20, 64u << 20),
            std::min<std::size_t>(its_capacity / 16, 8u << 20)),
      capacity(its_capacity) {}

void write_changes(const std::shared_ptr<DiskState>& state) {
  Writer writer(*state);
  for (DiskBatch batch = state->queue.next(); !batch.empty(); batch = state->queue.next()) {
    const int error = writer.write(batch);
    state->queue.settle(std::move(batch), error == 0
                                              ? ""
                                              : "`disk_cache_dir`: can't write `" +
                                                    state->file->path() + "`: " + lmdb_text(error));
  }
}

}  // namespace sluice::store
