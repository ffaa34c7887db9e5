#include "store/disk_format.h"

#include <bit>
#include <cstring>

#include "base/digest.h"

namespace sluice::store {

namespace {

static_assert(std::endian::native == std::endian::little, "rows are written as they are in memory");

constexpr std::size_t head_size = 8 + 8 + 8 + 4;

template <class Number>
char* write_number(char* out, Number number) {
  std::memcpy(out, &number, sizeof number);
  return out + sizeof number;
}

template <class Number>
Number read_number(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

bool is_long(std::string_view key) { return key.size() > plain_key; }

// Multiplies and rotates eight bytes at a time: enough to see that a page is missing or another
// one's, at some bytes per nanosecond. No defence against somebody who wants to collide.
std::uint64_t mix(std::uint64_t state, std::string_view text) {
  constexpr std::uint64_t factor = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio
  const auto add = [&state](std::uint64_t word) { state = std::rotl((state ^ word) * factor, 29); };
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) add(read_number<std::uint64_t>(text.data() + at));
  std::uint64_t rest = 0;
  if (at < text.size()) std::memcpy(&rest, text.data() + at, text.size() - at);
  add(rest);
  add(text.size());
  return state;
}

std::uint64_t checksum_of(std::string_view key, std::string_view value) {
  const std::uint64_t state = mix(mix(1, key), value);
  return state ^ (state >> 32);
}

}  // namespace

std::string stored_key(std::string_view key) {
  std::string stored = "k";
  stored += key.substr(0, plain_key);
  if (is_long(key)) stored += sha256(key);
  return stored;
}

std::string stored_prefix(std::string_view prefix) {
  return "k" + std::string(prefix.substr(0, plain_key));
}

std::size_t row_size(std::string_view key, std::string_view value) {
  return head_size + (is_long(key) ? key.size() : 0) + value.size();
}

void write_row(char* out, const Row& row) {
  const std::string_view key = is_long(row.key) ? row.key : std::string_view();
  out = write_number(out, row.number);
  out = write_number(out, row.end);
  out = write_number(out, checksum_of(row.key, row.value));
  out = write_number(out, static_cast<std::uint32_t>(key.size()));
  if (!key.empty()) out = static_cast<char*>(std::memcpy(out, key.data(), key.size())) + key.size();
  if (!row.value.empty()) std::memcpy(out, row.value.data(), row.value.size());
}

std::optional<Row> read_row(std::string_view stored_key, std::string_view bytes) {
  if (bytes.size() < head_size || stored_key.empty()) return std::nullopt;
  Row row{.number = read_number<std::uint64_t>(bytes.data()),
          .end = read_number<std::int64_t>(bytes.data() + 8),
          .checksum = read_number<std::uint64_t>(bytes.data() + 16)};
  const std::size_t key_size = read_number<std::uint32_t>(bytes.data() + 24);
  bytes.remove_prefix(head_size);
  if (key_size > bytes.size()) return std::nullopt;
  row.key = key_size > 0 ? bytes.substr(0, key_size) : stored_key.substr(1);
  row.value = bytes.substr(key_size);
  return row;
}

bool is_intact(const Row& row) { return row.checksum == checksum_of(row.key, row.value); }

std::string order_key(std::uint64_t number) {
  std::string key(8, '\0');
  const std::uint64_t big = std::byteswap(number);
  std::memcpy(key.data(), &big, 8);
  return key;
}

// Ends before 1970 do not occur: what is over is not stored.
std::string end_key(std::int64_t end, std::uint64_t number) {
  return order_key(static_cast<std::uint64_t>(end)) + order_key(number);
}

std::uint64_t first_number(std::string_view key) {
  return key.size() < 8 ? 0 : std::byteswap(read_number<std::uint64_t>(key.data()));
}

}  // namespace sluice::store
