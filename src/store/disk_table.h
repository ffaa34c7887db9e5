#pragma once
// The tables of the disk store inside one write transaction: what disk_format.h describes, kept in
// step. Every function returns LMDB's codes.
#include "store/disk_format.h"
#include "store/lmdb_file.h"

namespace sluice::store {

struct DiskTables {
  MDB_dbi entries = 0, order = 0, ends = 0;
};

// Bytes of the pages in use, and entries.
int count_pages(MDB_txn* transaction, const DiskTables& tables, std::size_t& bytes,
                std::size_t& entries);

class DiskWriting {
 public:
  DiskWriting(MDB_txn* transaction, const DiskTables& tables)
      : transaction_(transaction), tables_(tables) {}

  int put(std::string_view key, std::string_view value, std::int64_t end);
  // MDB_NOTFOUND: there is nothing.
  int erase(std::string_view key);
  // The oldest entry of all; MDB_NOTFOUND: there is none.
  int drop_oldest();
  // The entry that ends first, if that is not later than `now`; else MDB_NOTFOUND.
  int drop_ended(std::int64_t now);
  // Looks at up to `most` entries and drops those whose keys begin with `prefix`. `from` is where
  // to go on, empty at the beginning; MDB_NOTFOUND: there are no more.
  int drop_prefix(std::string_view prefix, std::string& from, std::size_t most);

 private:
  int take_out(std::string_view stored);
  int remove(MDB_dbi table, std::string_view key);
  int insert(MDB_dbi table, std::string_view key, std::string_view value);
  int next_number(std::uint64_t& number);

  MDB_txn* transaction_;
  DiskTables tables_;
  std::uint64_t last_number_ = 0;  // 0 = not yet known
};

}  // namespace sluice::store
