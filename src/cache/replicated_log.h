#pragma once
// How gateways tell each other what has changed in the hashes of a plain Redis: a stream beside
// them, of which the last ten thousand or so entries are kept.
//
//   XADD llmcache#changes MAXLEN ~ 10000 * op put id <id>       also: op erase id <id>, op clear
//
// Pure: commands, and what replies say.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cache/redis_index_entry.h"

namespace sluice::cache {

struct Change {
  enum class What { put, erase, clear };
  What what = What::put;
  std::string id;
};

// A place in the stream; the first number is the server's time.
struct LogPlace {
  std::uint64_t milliseconds = 0, number = 0;
  auto operator<=>(const LogPlace&) const = default;
};

std::string log_key(const RedisIndexOptions& options);
RedisCall append_change(const std::string& log, const Change& change);
// Waits at the server for what comes after `place`.
constexpr std::size_t changes_at_once = 1000;
RedisCall read_changes(const std::string& log, LogPlace place, std::chrono::milliseconds patience);
// The newest and the oldest that are there.
RedisCall read_newest(const std::string& log);
RedisCall read_oldest(const std::string& log);

struct LoggedChange {
  LogPlace place;
  std::optional<Change> change;  // absent: not understood, from another version
};
// A reply to XREAD; empty when nothing came in time.
std::vector<LoggedChange> parse_changes(const redis::Reply& reply);
// A reply to read_newest or read_oldest; nothing when the stream is empty or not there.
std::optional<LogPlace> parse_place(const redis::Reply& reply);

}  // namespace sluice::cache
