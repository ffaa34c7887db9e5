#include "store/disk_table.h"

namespace sluice::store {

namespace {

int ignore_absence(int code) { return code == MDB_NOTFOUND ? 0 : code; }

}  // namespace

int count_pages(MDB_txn* transaction, const DiskTables& tables, std::size_t& bytes,
                std::size_t& entries) {
  bytes = 0;
  MDB_stat stat;
  for (const MDB_dbi table : {tables.order, tables.ends, tables.entries}) {
    if (const int error = mdb_stat(transaction, table, &stat)) return error;
    bytes += (stat.ms_branch_pages + stat.ms_leaf_pages + stat.ms_overflow_pages) * stat.ms_psize;
  }
  entries = stat.ms_entries;
  return 0;
}

int DiskWriting::insert(MDB_dbi table, std::string_view key, std::string_view value) {
  MDB_val name = as_value(key), data = as_value(value);
  return mdb_put(transaction_, table, &name, &data, 0);
}

int DiskWriting::remove(MDB_dbi table, std::string_view key) {
  MDB_val name = as_value(key);
  return mdb_del(transaction_, table, &name, nullptr);
}

int DiskWriting::next_number(std::uint64_t& number) {
  if (last_number_ == 0) {
    Cursor cursor(transaction_, tables_.order);
    std::string_view key, value;
    const int error = cursor.go(key, value, MDB_LAST);
    if (ignore_absence(error) != 0) return error;
    last_number_ = error == 0 ? first_number(key) : 0;
  }
  number = ++last_number_;
  return 0;
}

// A row that can't be read has no place in the other tables that we know of.
int DiskWriting::take_out(std::string_view stored) {
  MDB_val name = as_value(stored), data{};
  if (const int error = mdb_get(transaction_, tables_.entries, &name, &data)) return error;
  if (const auto row = read_row(stored, as_text(data))) {
    const std::string end = end_key(row->end, row->number);
    if (const int error = remove(tables_.order, order_key(row->number)))
      if (ignore_absence(error) != 0) return error;
    if (row->end != no_end)
      if (const int error = ignore_absence(remove(tables_.ends, end))) return error;
  }
  return remove(tables_.entries, stored);
}

int DiskWriting::put(std::string_view key, std::string_view value, std::int64_t end) {
  const std::string stored = stored_key(key);
  if (const int error = ignore_absence(take_out(stored))) return error;
  Row row{.end = end, .key = key, .value = value};
  if (const int error = next_number(row.number)) return error;
  if (const int error = insert(tables_.order, order_key(row.number), stored)) return error;
  if (end != no_end)
    if (const int error = insert(tables_.ends, end_key(end, row.number), stored)) return error;
  MDB_val name = as_value(stored), place{.mv_size = row_size(key, value), .mv_data = nullptr};
  if (const int error = mdb_put(transaction_, tables_.entries, &name, &place, MDB_RESERVE))
    return error;
  write_row(static_cast<char*>(place.mv_data), row);
  return 0;
}

int DiskWriting::erase(std::string_view key) { return take_out(stored_key(key)); }

// A row of an index whose entry is gone or has another number would be found again and again.
int DiskWriting::drop_oldest() {
  std::string number, stored;
  {
    Cursor cursor(transaction_, tables_.order);
    std::string_view key, value;
    if (const int error = cursor.go(key, value, MDB_FIRST)) return error;
    number = key, stored = value;
  }
  if (const int error = ignore_absence(take_out(stored))) return error;
  return ignore_absence(remove(tables_.order, number));
}

int DiskWriting::drop_ended(std::int64_t now) {
  std::string end, stored;
  {
    Cursor cursor(transaction_, tables_.ends);
    std::string_view key, value;
    if (const int error = cursor.go(key, value, MDB_FIRST)) return error;
    if (first_number(key) > static_cast<std::uint64_t>(now)) return MDB_NOTFOUND;
    end = key, stored = value;
  }
  if (const int error = ignore_absence(take_out(stored))) return error;
  return ignore_absence(remove(tables_.ends, end));
}

int DiskWriting::drop_prefix(std::string_view prefix, std::string& from, std::size_t most) {
  const std::string begin = stored_prefix(prefix);
  if (from.empty()) from = begin;
  for (std::size_t i = 0; i < most; i++) {
    std::string stored;
    bool matches = false;
    {
      Cursor cursor(transaction_, tables_.entries);
      std::string_view key = from, value;
      if (const int error = cursor.go(key, value, MDB_SET_RANGE)) return error;
      if (!key.starts_with(begin)) return MDB_NOTFOUND;
      const auto row = read_row(key, value);
      stored = key;
      matches = !row || row->key.starts_with(prefix);
    }
    if (matches)
      if (const int error = take_out(stored)) return error;
    // The least key that is greater.
    from = stored + '\0';
  }
  return 0;
}

}  // namespace sluice::store
