#include "store/lmdb_file.h"

#include <thread>
#include <utility>

namespace sluice::store {

namespace {

constexpr unsigned most_tables = 3;
// Threads of all processes that read at the same moment.
constexpr unsigned most_readers = 1024;
// One file instead of a folder; read transactions that may change threads; one flush per commit (a
// crash of the machine may take the last transaction, never the file).
constexpr unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | MDB_NOMETASYNC | MDB_NORDAHEAD;

int prepare_and_open(MDB_env* env, const std::string& path, std::size_t map_bytes) {
  if (const int error = mdb_env_set_maxdbs(env, most_tables)) return error;
  if (const int error = mdb_env_set_maxreaders(env, most_readers)) return error;
  if (const int error = mdb_env_set_mapsize(env, map_bytes)) return error;
  return mdb_env_open(env, path.c_str(), flags, 0600);
}

}  // namespace

std::string lmdb_text(int code) { return mdb_strerror(code); }

int LmdbFile::open(const std::string& path, std::size_t map_bytes,
                   std::unique_ptr<LmdbFile>& file) {
  MDB_env* env = nullptr;
  if (const int error = mdb_env_create(&env)) return error;
  if (const int error = prepare_and_open(env, path, map_bytes)) {
    mdb_env_close(env);
    return error;
  }
  // What processes that were killed have left would keep old pages from being used again.
  mdb_reader_check(env, nullptr);
  file.reset(new LmdbFile(env, path));
  return 0;
}

LmdbFile::~LmdbFile() {
  for (MDB_txn* each : idle_) mdb_txn_abort(each);
  mdb_env_close(env_);
}

int LmdbFile::resize(std::size_t map_bytes, std::chrono::milliseconds patience) {
  std::unique_lock alone(map_mutex_, std::try_to_lock);
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!alone && std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    alone.try_lock();
  }
  return alone ? mdb_env_set_mapsize(env_, map_bytes) : MDB_MAP_RESIZED;
}

// With map_mutex_ shared, also afterwards.
int LmdbFile::begin(bool writing, MDB_txn*& transaction) {
  while (true) {
    const int error =
        writing ? mdb_txn_begin(env_, nullptr, 0, &transaction) : begin_reading(transaction);
    if (error != MDB_MAP_RESIZED) return error;
    // Another process has let the file grow beyond our map. 0 = as large as the file says. Who
    // reads is a loop and does not wait: our writer may be waiting for another process.
    map_mutex_.unlock_shared();
    const int resized = resize(0, std::chrono::milliseconds(writing ? 1000 : 0));
    map_mutex_.lock_shared();
    if (resized != 0) return resized;
  }
}

int LmdbFile::begin_reading(MDB_txn*& transaction) {
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      transaction = idle_.back();
      idle_.pop_back();
    }
  }
  if (transaction == nullptr) return mdb_txn_begin(env_, nullptr, MDB_RDONLY, &transaction);
  const int error = mdb_txn_renew(transaction);
  if (error != 0) mdb_txn_abort(std::exchange(transaction, nullptr));
  return error;
}

ReadTransaction::ReadTransaction(LmdbFile& file) : file_(file) {
  file_.map_mutex_.lock_shared();
  error_ = file_.begin(false, transaction_);
}

ReadTransaction::~ReadTransaction() {
  if (transaction_ != nullptr) {
    mdb_txn_reset(transaction_);
    const std::lock_guard lock(file_.idle_mutex_);
    file_.idle_.push_back(transaction_);
  }
  file_.map_mutex_.unlock_shared();
}

int ReadTransaction::renew() {
  mdb_txn_reset(transaction_);
  {
    const std::lock_guard lock(file_.idle_mutex_);
    file_.idle_.push_back(std::exchange(transaction_, nullptr));
  }
  return error_ = file_.begin(false, transaction_);
}

int ReadTransaction::commit() { return mdb_txn_commit(std::exchange(transaction_, nullptr)); }

WriteTransaction::WriteTransaction(LmdbFile& file) : file_(file) {
  file_.map_mutex_.lock_shared();
  error_ = file_.begin(true, transaction_);
}

WriteTransaction::~WriteTransaction() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
  file_.map_mutex_.unlock_shared();
}

int WriteTransaction::commit() { return mdb_txn_commit(std::exchange(transaction_, nullptr)); }

int Cursor::go(std::string_view& key, std::string_view& value, MDB_cursor_op operation) {
  if (error_ != 0) return error_;
  MDB_val found_key = as_value(key), found_value{};
  const int error = mdb_cursor_get(cursor_, &found_key, &found_value, operation);
  if (error != 0) return error;
  key = as_text(found_key);
  value = as_text(found_value);
  return 0;
}

}  // namespace sluice::store
