#include "client/entry_file.h"

#include <fcntl.h>
#include <lmdb.h>
#include <sys/file.h>
#include <unistd.h>

#include <sluice/exception.h>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

namespace sluice::client {
namespace {

// Addresses, not memory: LMDB maps as much as the file has.
constexpr std::size_t map_bytes = std::size_t{1} << 40;
// No id begins with it.
constexpr std::string_view model_key = "#model";

[[noreturn]] void fail_with(int error, const std::string& doing) {
  throw Exception(Failed::internal, "cannot " + doing + ": " + mdb_strerror(error));
}

MDB_val value_of_text(std::string_view text) {
  return {text.size(), const_cast<char*>(text.data())};  // LMDB does not write to what it is given
}
std::string_view text_of(const MDB_val& value) {
  return {static_cast<const char*>(value.mv_data), value.mv_size};
}

void append_text(std::string& out, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(size >> shift & 0xff);
  out += text;
}

std::optional<std::string_view> take_text(std::string_view& from) {
  if (from.size() < 4) return {};
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; i++)
    size |= static_cast<std::uint32_t>(static_cast<unsigned char>(from[i])) << (8 * i);
  from.remove_prefix(4);
  if (size > from.size()) return {};
  const std::string_view text = from.substr(0, size);
  from.remove_prefix(size);
  return text;
}

std::optional<EntryFields> parse(std::string_view record) {
  EntryFields fields;
  while (!record.empty()) {
    const auto name = take_text(record);
    const auto value = name ? take_text(record) : std::nullopt;
    if (!value) return {};
    fields.emplace(*name, *value);
  }
  return fields;
}

// A descriptor that holds the lock for as long as it is open.
int lock_directory(const std::string& directory) {
  const int file = ::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    throw Exception(Failed::argument, "cannot write to " + directory + ": " + std::strerror(errno));
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    ::close(file);
    throw Exception(Failed::conflict, "another process, or another cache, has " + directory +
                                          " open: use another directory");
  }
  return file;
}

}  // namespace

struct EntryFile::Impl {
  int lock = -1;
  MDB_env* environment = nullptr;
  MDB_dbi table = 0;

  ~Impl() {
    if (environment != nullptr) mdb_env_close(environment);
    if (lock >= 0) ::close(lock);
  }

  void open(const std::string& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (failed)
      throw Exception(Failed::argument, "cannot make " + directory + ": " + failed.message());
    lock = lock_directory(directory);
    if (const int error = mdb_env_create(&environment)) fail_with(error, "open a database");
    mdb_env_set_mapsize(environment, map_bytes);
    // Our own lock keeps others out, so LMDB's is not needed.
    constexpr unsigned flags = MDB_NOMETASYNC | MDB_NOLOCK | MDB_NOTLS | MDB_NORDAHEAD;
    if (const int error = mdb_env_open(environment, directory.c_str(), flags, 0600))
      fail_with(error, "open the database in " + directory);
    write([this](MDB_txn* transaction) { return mdb_dbi_open(transaction, nullptr, 0, &table); });
  }

  // `work` returns LMDB's code; not found is no failure.
  void write(const std::function<int(MDB_txn*)>& work) {
    MDB_txn* transaction = nullptr;
    int error = mdb_txn_begin(environment, nullptr, 0, &transaction);
    if (error == 0) {
      error = work(transaction);
      if (error == 0 || error == MDB_NOTFOUND)
        error = mdb_txn_commit(transaction);
      else
        mdb_txn_abort(transaction);
    }
    if (error != 0) fail_with(error, "write a cache's entry");
  }

  void put(std::string_view key_text, std::string_view record) {
    MDB_val key = value_of_text(key_text), value = value_of_text(record);
    write([&](MDB_txn* transaction) { return mdb_put(transaction, table, &key, &value, 0); });
  }

  // Every record, in one consistent view.
  void read(const std::function<void(std::string_view key, std::string_view record)>& use) const {
    MDB_txn* transaction = nullptr;
    MDB_cursor* cursor = nullptr;
    if (const int error = mdb_txn_begin(environment, nullptr, MDB_RDONLY, &transaction))
      fail_with(error, "read a cache");
    if (mdb_cursor_open(transaction, table, &cursor) == 0) {
      MDB_val key, value;
      while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) use(text_of(key), text_of(value));
      mdb_cursor_close(cursor);
    }
    mdb_txn_abort(transaction);
  }
};

EntryFile::EntryFile(const std::string& directory, std::string_view model)
    : impl_(std::make_unique<Impl>()) {
  impl_->open(directory);
  std::string there;
  impl_->read([&](std::string_view key, std::string_view record) {
    if (key == model_key) there = record;
  });
  if (there.empty()) {
    impl_->put(model_key, model);
  } else if (there != model) {
    throw Exception(Failed::conflict, "the cache in " + directory + " was made with " + there +
                                          ", not with " + std::string(model) +
                                          ": its schema does not match; use another directory");
  }
}

EntryFile::~EntryFile() = default;

void EntryFile::read(
    const std::function<void(std::string_view id, EntryFields fields)>& use) const {
  impl_->read([&](std::string_view key, std::string_view record) {
    if (key == model_key) return;
    if (auto fields = parse(record)) use(key, std::move(*fields));
  });
}

void EntryFile::put(std::string_view id, const EntryFields& fields) {
  std::string record;
  for (const auto& [name, value] : fields) {
    append_text(record, name);
    append_text(record, value);
  }
  impl_->put(id, record);
}

void EntryFile::erase(std::string_view id) {
  MDB_val key = value_of_text(id);
  impl_->write(
      [&](MDB_txn* transaction) { return mdb_del(transaction, impl_->table, &key, nullptr); });
}

}  // namespace sluice::client
