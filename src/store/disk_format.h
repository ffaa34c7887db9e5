#pragma once
// How entries lie in the file of the disk store: an LMDB database (one file, with a lock file
// beside it) of four tables. Numbers of rows are little-endian, those of keys big-endian, so that
// LMDB's order of bytes is their order.
//
//   (unnamed)  "format"           → the text `disk_format`
//   entries    stored key         → number u64, end i64, checksum u64, key size u32, key, value
//   order      number u64         → stored key         (oldest first)
//   ends       end i64, number u64 → stored key        (next to end first; only what ends)
//
// A stored key is 'k' and the key, as LMDB takes no empty one. Nor does it take more than 511
// bytes: of a long key it has the first `plain_key` bytes and its SHA-256, and the row repeats the
// whole key (its size is 0 otherwise). Ends are milliseconds since 1970.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::store {

inline constexpr std::string_view disk_format = "sluice-cache 1";
inline constexpr std::size_t plain_key = 440;
inline constexpr std::int64_t no_end = std::numeric_limits<std::int64_t>::max();

// A row of `entries`; the views point into it.
struct Row {
  std::uint64_t number = 0;
  std::int64_t end = no_end;
  std::uint64_t checksum = 0;
  std::string_view key;  // of what is stored; a view into the stored key unless that is too short
  std::string_view value;
};

std::string stored_key(std::string_view key);
// What the stored keys of all keys with that prefix begin with.
std::string stored_prefix(std::string_view prefix);

std::size_t row_size(std::string_view key, std::string_view value);
// Writes row_size() bytes. `row.checksum` is worked out here.
void write_row(char* out, const Row& row);
// nullopt: it is no row. The value is not checked.
std::optional<Row> read_row(std::string_view stored_key, std::string_view bytes);
// Whether key and value are those that were written.
bool is_intact(const Row& row);

std::string order_key(std::uint64_t number);
std::string end_key(std::int64_t end, std::uint64_t number);
// The first number of such a key; 0 when it is too short.
std::uint64_t first_number(std::string_view key);

}  // namespace sluice::store
