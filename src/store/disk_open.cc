#include "store/disk_open.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/log.h"

namespace sluice::store {

namespace {

namespace fs = std::filesystem;

// The least in which LMDB's tables and a few entries have a place.
constexpr std::size_t least_capacity = 1u << 20;

Failure unusable(const std::string& path, const std::string& why) {
  return fail(gateway_error("`disk_cache_dir`: can't use `" + path + "`: " + why));
}

Failure damaged(const std::string& path, const std::string& why) {
  return unusable(path, why + "; move that file away, or name another directory");
}

enum class Format { ours, none, other_version, foreign };

int read_format(LmdbFile& file, Format& format) {
  ReadTransaction reading(file);
  if (reading.error() != 0) return reading.error();
  MDB_dbi unnamed = 0;
  MDB_stat stat{};
  MDB_val name = as_value("format"), text{};
  if (const int error = mdb_dbi_open(reading.get(), nullptr, 0, &unnamed)) return error;
  if (const int error = mdb_stat(reading.get(), unnamed, &stat)) return error;
  const int error = mdb_get(reading.get(), unnamed, &name, &text);
  if (error == MDB_NOTFOUND) {
    format = stat.ms_entries == 0 ? Format::none : Format::foreign;
    return 0;
  }
  if (error != 0) return error;
  format = as_text(text) == disk_format           ? Format::ours
           : as_text(text).starts_with("sluice-") ? Format::other_version
                                                  : Format::foreign;
  return 0;
}

int open_each(MDB_txn* transaction, unsigned flags, DiskTables& tables) {
  for (const auto& [name, table] :
       {std::pair{"entries", &tables.entries}, std::pair{"order", &tables.order},
        std::pair{"ends", &tables.ends}}) {
    if (const int error = mdb_dbi_open(transaction, name, flags, table)) return error;
  }
  return 0;
}

// Without writing, so that the start does not wait for a process that writes and hangs.
int open_tables(LmdbFile& file, DiskTables& tables) {
  ReadTransaction reading(file);
  if (reading.error() != 0) return reading.error();
  if (const int error = open_each(reading.get(), 0, tables)) return error;
  return reading.commit();
}

int make_tables(LmdbFile& file, DiskTables& tables) {
  WriteTransaction writing(file);
  if (writing.error() != 0) return writing.error();
  MDB_dbi unnamed = 0;
  if (const int error = mdb_dbi_open(writing.get(), nullptr, 0, &unnamed)) return error;
  if (const int error = open_each(writing.get(), MDB_CREATE, tables)) return error;
  MDB_val name = as_value("format"), text = as_value(disk_format);
  if (const int error = mdb_put(writing.get(), unnamed, &name, &text, 0)) return error;
  return writing.commit();
}

// A file that ends before its last page would end the process when that page is read. What LMDB
// never wrote, as it was free again at once, may be missing at the end and is filled up.
Status check_size(LmdbFile& file) {
  MDB_envinfo info;
  MDB_stat stat;
  mdb_env_info(file.env(), &info);
  mdb_env_stat(file.env(), &stat);
  const std::uintmax_t wanted = (info.me_last_pgno + 1) * stat.ms_psize;
  constexpr std::uintmax_t may_be_missing = 64 * 4096;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file.path(), error);
  if (error) return unusable(file.path(), error.message());
  if (size + may_be_missing < wanted)
    return damaged(file.path(), "it is damaged: " + std::to_string(wanted - size) +
                                    " bytes are missing at its end");
  if (size < wanted && ::truncate(file.path().c_str(), static_cast<off_t>(wanted)) != 0)
    return unusable(file.path(), lmdb_text(errno));
  return Done{};
}

// `sluice.mdb.1`, or the next number that is free.
Status set_aside(const std::string& path) {
  std::error_code error;
  int number = 1;
  while (fs::exists(path + "." + std::to_string(number), error)) number++;
  const std::string aside = path + "." + std::to_string(number);
  fs::rename(path, aside, error);
  if (error) return unusable(path, "it has another version's format: " + error.message());
  log(LogLevel::warn, "the disk cache begins anew: its file has another version's format",
      {{"file", path}, {"set_aside", aside}});
  return Done{};
}

Failure open_failure(const std::string& path, int error) {
  if (error == MDB_INVALID || error == MDB_CORRUPTED || error == MDB_PAGE_NOTFOUND ||
      error == MDB_PANIC)
    return damaged(path, "it is damaged, or no cache of Sluice (" + lmdb_text(error) + ")");
  return unusable(path, lmdb_text(error));
}

// Null: there was a file of another version, which has been set aside.
Result<std::unique_ptr<LmdbFile>> open_file(const std::string& path, std::size_t capacity,
                                            DiskTables& tables) {
  std::unique_ptr<LmdbFile> file;
  int error = LmdbFile::open(path, capacity, file);
  Format format = Format::none;
  if (error == 0) {
    if (Status whole = check_size(*file); !whole) return fail(std::move(whole).error());
    error = read_format(*file, format);
  }
  if (error == MDB_VERSION_MISMATCH || (error == 0 && format == Format::other_version)) {
    file.reset();
    if (Status aside = set_aside(path); !aside) return fail(std::move(aside).error());
    return nullptr;
  }
  if (error == 0 && format == Format::foreign)
    return damaged(path, "it is an LMDB file, but no cache of Sluice");
  if (error == 0)
    error = format == Format::ours ? open_tables(*file, tables) : make_tables(*file, tables);
  if (error != 0) return open_failure(path, error);
  return file;
}

}  // namespace

Result<std::string> prepare_directory(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error)) {
    fs::create_directories(directory, error);
    // What clients ask and models answer concerns nobody else on the machine.
    if (!error) fs::permissions(directory, fs::perms::owner_all, error);
    if (error) return unusable(directory, error.message());
  }
  const fs::path path = fs::canonical(directory, error);
  if (error) return unusable(directory, error.message());
  if (!fs::is_directory(path, error)) return unusable(directory, "it is no directory");
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) return unusable(directory, lmdb_text(errno));
  return path.string();
}

Result<std::shared_ptr<DiskState>> open_disk(const std::string& directory,
                                             std::size_t capacity_bytes) {
  const std::size_t capacity = std::max(capacity_bytes, least_capacity);
  const std::string path = directory + "/sluice.mdb";
  DiskTables tables;
  TRY(auto file, open_file(path, capacity, tables));
  if (file == nullptr) {
    TRY(file, open_file(path, capacity, tables));
  }
  if (file == nullptr) return unusable(path, "it can't be set aside");
  return std::make_shared<DiskState>(std::move(file), tables, capacity);
}

}  // namespace sluice::store
