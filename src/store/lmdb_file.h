#pragma once
// One LMDB file and its transactions. Several processes may have it open; in one process it must be
// open only once (closing drops the process's file locks). Every function that returns an int
// returns what LMDB does: 0, an MDB_ code, or an errno; lmdb_text() says it in words.
#include <lmdb.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::store {

std::string lmdb_text(int code);

class LmdbFile {
 public:
  // Makes the file if there is none (readable by its owner only). On failure `file` stays null.
  static int open(const std::string& path, std::size_t map_bytes, std::unique_ptr<LmdbFile>& file);
  ~LmdbFile();
  LmdbFile(const LmdbFile&) = delete;

  const std::string& path() const { return path_; }
  MDB_env* env() { return env_; }
  // Most bytes of the file from now on; never less than what it has. Waits so long for all
  // transactions of this process to end; MDB_MAP_RESIZED: they did not.
  int resize(std::size_t map_bytes, std::chrono::milliseconds patience);

 private:
  friend class ReadTransaction;
  friend class WriteTransaction;
  LmdbFile(MDB_env* env, std::string path) : env_(env), path_(std::move(path)) {}
  int begin(bool writing, MDB_txn*& transaction);
  int begin_reading(MDB_txn*& transaction);

  MDB_env* env_;
  const std::string path_;
  // Shared by transactions; alone when the map moves, as LMDB demands.
  std::shared_mutex map_mutex_;
  std::mutex idle_mutex_;
  std::vector<MDB_txn*> idle_;  // read transactions to renew, each with its place in the lock file
};

// A snapshot. Any thread; reads never wait for a writer.
class ReadTransaction {
 public:
  explicit ReadTransaction(LmdbFile& file);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  int error() const { return error_; }
  MDB_txn* get() { return transaction_; }
  // Gives up the snapshot for the newest one.
  int renew();
  // Ends it; tables that were opened in it stay open.
  int commit();

 private:
  LmdbFile& file_;
  MDB_txn* transaction_ = nullptr;
  int error_;
};

// One at a time among all processes; the others wait.
class WriteTransaction {
 public:
  explicit WriteTransaction(LmdbFile& file);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  int error() const { return error_; }
  MDB_txn* get() { return transaction_; }
  int commit();

 private:
  LmdbFile& file_;
  MDB_txn* transaction_ = nullptr;
  int error_;
};

class Cursor {
 public:
  Cursor(MDB_txn* transaction, MDB_dbi table) {
    error_ = mdb_cursor_open(transaction, table, &cursor_);
  }
  ~Cursor() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  }
  Cursor(const Cursor&) = delete;
  // `key` is read too by operations that seek.
  int go(std::string_view& key, std::string_view& value, MDB_cursor_op operation);

 private:
  MDB_cursor* cursor_ = nullptr;
  int error_;
};

inline MDB_val as_value(std::string_view text) {
  return {.mv_size = text.size(), .mv_data = const_cast<char*>(text.data())};
}
inline std::string_view as_text(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

}  // namespace sluice::store
