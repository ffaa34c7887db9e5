// The part of the replicated index that reads what is there and follows what changes.
#include <unordered_set>

#include "base/log.h"
#include "cache/replicated_index.h"

namespace sluice::cache {

using redis::Reply;

namespace {

// How long the server holds a read open, and how long its answer may take on top of that.
constexpr std::chrono::milliseconds hold_open{1000}, patience{5000};
// Before the next try after a failure, and before asking whether somebody else still leads.
constexpr std::chrono::milliseconds pause_between{250};
// A reply to PTTL: milliseconds, -1 = it does not end.
vector::Moment end_of(const Reply& left) {
  if (left.type != Reply::Type::integer || left.integer < 0) return vector::never_ends;
  return end_after(vector::this_moment(), Milliseconds(left.integer));
}

}  // namespace

io::WaitLimit ReplicatedIndex::patient() {
  return {.deadline = io::Clock::now() + patience, .cancel = &stop_};
}

// Ends when the index is destroyed: then nothing of it may be touched after an await.
io::Detached ReplicatedIndex::follow() {
  std::string said;
  for (;;) {
    if (!leading_) leading_ = p_.replica->lead();
    if (leading_) {
      const Status ended = co_await keep_in_step();
      if (stopped_) co_return;
      const std::string why = ended ? "" : ended.error().message;
      if (why != said)
        log(LogLevel::warn, "the semantic index is not in step with other gateways",
            {{"reason", why}});
      said = why;
    }
    io::Pause pause(p_.loop, {.deadline = io::Clock::now() + pause_between, .cancel = &stop_});
    co_await pause;
    if (stopped_) co_return;
  }
}

io::Async<Status> ReplicatedIndex::keep_in_step() {
  const std::optional<LogPlace>& place = p_.replica->place_;
  CO_TRY(bool is_behind, co_await has_gap());
  for (;;) {
    if (is_behind) {
      CO_TRY([[maybe_unused]] const Done loaded, co_await load());
    }
    const RedisCall read = read_changes(log_, *place, hold_open);
    CO_TRY(const Reply reply, co_await send_one(follower_, read, "follow changes", patient()));
    const auto changes = parse_changes(reply);
    CO_TRY(is_behind, co_await has_missed(changes));
    if (!is_behind) {
      CO_TRY([[maybe_unused]] const Done applied, co_await apply(changes));
    }
  }
}

// After a read: a full one may come from a stream that has dropped what was before it.
io::Async<Result<bool>> ReplicatedIndex::has_missed(const std::vector<LoggedChange>& changes) {
  if (changes.empty()) co_return co_await is_stale();
  if (changes.size() < changes_at_once) co_return false;
  co_return co_await has_gap();
}

// Whether changes may have been dropped from the stream before they were read.
io::Async<Result<bool>> ReplicatedIndex::has_gap() {
  const auto& place = p_.replica->place_;
  if (!place) co_return true;
  const RedisCall read = read_oldest(log_);
  CO_TRY(const Reply reply, co_await send_one(p_.client, read, "follow changes", patient()));
  const auto oldest = parse_place(reply);
  co_return oldest ? *oldest > *place : *place != LogPlace{};
}

// Whether the stream is another one than before, when there is nothing new in it: the Redis was
// emptied, or is now one that had not got everything.
io::Async<Result<bool>> ReplicatedIndex::is_stale() {
  const RedisCall read = read_newest(log_);
  CO_TRY(const Reply reply, co_await send_one(p_.client, read, "follow changes", patient()));
  co_return parse_place(reply).value_or(LogPlace{}) < *p_.replica->place_;
}

// Reads everything. What changes meanwhile comes after the place that is noted first.
io::Async<Status> ReplicatedIndex::load() {
  const RedisCall read = read_newest(log_);
  CO_TRY(const Reply newest, co_await send_one(p_.client, read, "follow changes", patient()));
  const std::vector<std::string> before = p_.replica->vectors().ids();
  CO_TRY(const std::size_t masters, co_await p_.client.count_masters(patient()));
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < masters; i++) {
    CO_TRY([[maybe_unused]] const Done loaded, co_await load_master(i, seen));
  }
  const std::unordered_set<std::string> there(seen.begin(), seen.end());
  for (const std::string& id : before)
    if (!there.contains(id)) p_.replica->vectors().remove(id);
  p_.replica->place_ = parse_place(newest).value_or(LogPlace{});
  p_.replica->ready_.store(true, std::memory_order_release);
  co_return Done{};
}

io::Async<Status> ReplicatedIndex::load_master(std::size_t number, std::vector<std::string>& seen) {
  const std::string prefix = p_.options.key_of("");
  std::string cursor = "0";
  do {
    CO_TRY(KeyPage page, co_await scan_keys(p_.client, number, prefix, cursor, patient()));
    std::vector<std::string> ids;
    for (const std::string& key : page.keys) ids.push_back(key.substr(prefix.size()));
    CO_TRY([[maybe_unused]] const Done taken, co_await take(ids));
    std::ranges::move(ids, std::back_inserter(seen));
    cursor = std::move(page.next);
  } while (cursor != "0");
  co_return Done{};
}

// Brings these entries to what their hashes say. What is no entry is none.
io::Async<Status> ReplicatedIndex::take(const std::vector<std::string>& ids) {
  namespace field = search::cache_field;
  if (ids.empty()) co_return Done{};
  std::vector<RedisCall> calls;
  for (const std::string& id : ids) {
    const std::string key = p_.options.key_of(id);
    calls.push_back({{"HMGET", key, std::string(field::vector), std::string(field::metadata)}});
    calls.push_back({{"PTTL", key}});
  }
  CO_TRY(const auto replies, co_await send_all(p_.client, calls, patient()));
  EmbeddedIndex& vectors = p_.replica->vectors();
  for (std::size_t i = 0; i < ids.size(); i++) {
    const std::vector<Reply>& fields = replies[2 * i].items;
    const auto vector = search::vector_of_blob(fields.size() == 2 ? fields[0].text : "");
    if (vector.size() != p_.options.dims) {
      vectors.remove(ids[i]);
      continue;
    }
    vectors.take({.entry = {.id = ids[i], .scope = without_scope(fields[1].text).scope},
                  .vector = vector,
                  .ends = end_of(replies[2 * i + 1])});
  }
  co_return Done{};
}

io::Async<Status> ReplicatedIndex::apply(const std::vector<LoggedChange>& changes) {
  std::vector<std::string> put;
  for (const auto& [place, change] : changes) {
    if (!change) continue;
    if (change->what == Change::What::put) {
      put.push_back(change->id);
      continue;
    }
    CO_TRY([[maybe_unused]] const Done taken, co_await take(std::exchange(put, {})));
    if (change->what == Change::What::erase)
      p_.replica->vectors().remove(change->id);
    else
      p_.replica->vectors().remove_all();
  }
  CO_TRY([[maybe_unused]] const Done taken, co_await take(put));
  if (!changes.empty()) p_.replica->place_ = changes.back().place;
  co_return Done{};
}

}  // namespace sluice::cache
