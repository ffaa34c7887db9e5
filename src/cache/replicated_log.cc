#include "cache/replicated_log.h"

#include <array>
#include <charconv>

namespace sluice::cache {

using redis::Reply;

namespace {

constexpr std::string_view kept_changes = "10000";
constexpr std::array<std::string_view, 3> names{"put", "erase", "clear"};  // by Change::What

// "1526919030474-55"
std::optional<LogPlace> place_of(std::string_view text) {
  LogPlace place;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, place.milliseconds);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, place.number);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  return place;
}

std::string text_of(LogPlace place) {
  return std::to_string(place.milliseconds) + "-" + std::to_string(place.number);
}

// Names and values.
std::optional<Change> change_of(const std::vector<Reply>& fields) {
  std::optional<Change> change;
  std::string id;
  for (std::size_t i = 0; i + 1 < fields.size(); i += 2) {
    if (fields[i].text == "id") id = fields[i + 1].text;
    if (fields[i].text != "op") continue;
    for (std::size_t what = 0; what < names.size(); what++)
      if (fields[i + 1].text == names[what]) change = Change{static_cast<Change::What>(what), {}};
  }
  if (change) change->id = std::move(id);
  return change;
}

}  // namespace

std::string log_key(const RedisIndexOptions& options) { return options.prefix() + "#changes"; }

RedisCall append_change(const std::string& log, const Change& change) {
  RedisCall call{{"XADD", log, "MAXLEN", "~", std::string(kept_changes), "*", "op",
                  std::string(names[static_cast<std::size_t>(change.what)])}};
  if (change.what != Change::What::clear) {
    call.words.emplace_back("id");
    call.words.push_back(change.id);
  }
  return call;
}

RedisCall read_changes(const std::string& log, LogPlace place, std::chrono::milliseconds patience) {
  return {{"XREAD", "COUNT", std::to_string(changes_at_once), "BLOCK",
           std::to_string(patience.count()), "STREAMS", log, text_of(place)},
          6};
}

RedisCall read_newest(const std::string& log) {
  return {{"XREVRANGE", log, "+", "-", "COUNT", "1"}};
}
RedisCall read_oldest(const std::string& log) { return {{"XRANGE", log, "-", "+", "COUNT", "1"}}; }

// RESP2: a list of [key, entries]; RESP3: a map key → entries. An entry is [id, [name, value, …]].
std::vector<LoggedChange> parse_changes(const Reply& reply) {
  if (reply.items.empty()) return {};
  const std::vector<Reply>& stream =
      reply.type == Reply::Type::map ? reply.items : reply.items[0].items;
  if (stream.size() < 2) return {};
  std::vector<LoggedChange> changes;
  for (const Reply& entry : stream[1].items) {
    if (entry.items.size() < 2) continue;
    const auto place = place_of(entry.items[0].text);
    if (place) changes.push_back({*place, change_of(entry.items[1].items)});
  }
  return changes;
}

std::optional<LogPlace> parse_place(const Reply& reply) {
  if (reply.items.empty() || reply.items[0].items.empty()) return std::nullopt;
  return place_of(reply.items[0].items[0].text);
}

}  // namespace sluice::cache
