#include "store/redis_store.h"

#include <openssl/rand.h>

#include <array>
#include <charconv>

#include "base/digest.h"
#include "redis/failure.h"

namespace sluice::store {

namespace {

using redis::Command;
using redis::Reply;

// Were a server to vanish without a word (a cable, a firewall), it could not tell what changes:
// copies are not trusted longer than this, though it would tell.
constexpr Milliseconds longest_copy{30'000};
// Redis takes no longer one, which is as good as none.
constexpr Milliseconds longest_ttl = std::chrono::hours(24 * 365 * 100);

// A server tells the arguments of a command that it does not know: they are nobody's business.
Error refused(const Reply& reply) {
  return redis::refusal("redis", reply.text.substr(0, reply.text.find(", with args")));
}

bool is_of_wrong_type(const Reply& reply) {
  return reply.is_error() && reply.text.starts_with("WRONGTYPE");
}

bool is_unknown_command(const Reply& reply) {
  return reply.is_error() && reply.text.starts_with("ERR unknown command");
}

// SCAN's MATCH is a glob.
std::string pattern_of(std::string_view prefix) {
  std::string pattern;
  for (const char c : prefix) {
    if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "*";
}

// The number in the line "name:number" of INFO; 0 when there is none.
std::size_t number_in(std::string_view info, std::string_view name) {
  const std::string line = "\n" + std::string(name) + ":";
  const std::size_t at = info.find(line);
  std::size_t number = 0;
  if (at == std::string_view::npos) return 0;
  const std::string_view rest = info.substr(at + line.size());
  std::from_chars(rest.data(), rest.data() + rest.size(), number);
  return number;
}

std::string random_name() {
  std::array<unsigned char, 8> bytes{};
  RAND_bytes(bytes.data(), bytes.size());
  return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

RedisStore::RedisStore(redis::Client& client, Options options)
    : client_(client), options_(std::move(options)) {}

Milliseconds RedisStore::copies_hold() const {
  return client_.tracking() ? longest_copy : Milliseconds(0);
}

io::Async<Result<Reply>> RedisStore::ask(Command command, io::WaitLimit limit) {
  auto reply = co_await client_.run(command, limit);
  if (reply && reply->is_error()) co_return fail(refused(*reply));
  co_return reply;
}

// The value, and a hit; or null, and a miss.
Bytes RedisStore::count(Reply& reply) {
  if (reply.type != Reply::Type::text) {
    misses_++;
    return nullptr;
  }
  hits_++;
  return std::make_shared<const std::string>(std::move(reply.text));
}

io::Async<Result<Bytes>> RedisStore::get(std::string_view key, io::WaitLimit limit) {
  const Command command{"GET", key};
  auto reply = co_await client_.run(command, limit);
  if (!reply) co_return fail(std::move(reply).error());
  if (reply->is_error() && !is_of_wrong_type(*reply)) co_return fail(refused(*reply));
  co_return count(*reply);
}

// PTTL: -1 = without an end, -2 = it has ended since the GET.
io::Async<Result<Found>> RedisStore::look(std::string_view key, io::WaitLimit limit) {
  const std::array<Command, 2> commands{Command{"GET", key}, Command{"PTTL", key}};
  auto replies = co_await client_.run_all(commands, limit);
  if (!replies) co_return fail(std::move(replies).error());
  Reply &value = replies->at(0), &left = replies->at(1);
  if (value.is_error() && !is_of_wrong_type(value)) co_return fail(refused(value));
  Found found{.bytes = count(value)};
  const bool endless = left.type == Reply::Type::integer && left.integer == -1;
  if (!endless) found.left = Milliseconds(std::max<std::int64_t>(left.integer, 0));
  co_return found;
}

io::Async<Status> RedisStore::put(std::string_view key, Bytes value,
                                  std::optional<Milliseconds> ttl, io::WaitLimit limit) {
  if (ttl && *ttl <= Milliseconds(0)) {
    CO_TRY([[maybe_unused]] const bool was_there, co_await erase(key, limit));
    co_return Done{};
  }
  Command command{"SET", key, *value};
  const std::string milliseconds = std::to_string(ttl.value_or(Milliseconds(0)).count());
  if (ttl && *ttl < longest_ttl) command.args.insert(command.args.end(), {"PX", milliseconds});
  CO_TRY([[maybe_unused]] const Reply done, co_await ask(command, limit));
  co_return Done{};
}

io::Async<Result<bool>> RedisStore::erase(std::string_view key, io::WaitLimit limit) {
  const std::array<std::string, 1> keys{std::string(key)};
  CO_TRY(const std::int64_t erased, co_await unlink(keys, limit));
  co_return erased > 0;
}

// One command a key: in a Cluster they live on many nodes.
io::Async<Result<std::int64_t>> RedisStore::unlink(std::span<const std::string> keys,
                                                   io::WaitLimit limit) {
  std::vector<Command> commands;
  for (const std::string& key : keys) commands.push_back({has_unlink_ ? "UNLINK" : "DEL", key});
  CO_TRY(const auto replies, co_await client_.run_all(commands, limit));
  std::int64_t erased = 0;
  for (const Reply& reply : replies) {
    if (has_unlink_ && is_unknown_command(reply)) {
      has_unlink_ = false;
      co_return co_await unlink(keys, limit);
    }
    if (reply.is_error()) co_return fail(refused(reply));
    erased += reply.integer;
  }
  co_return erased;
}

io::Async<Result<std::size_t>> RedisStore::clear(std::string_view prefix, io::WaitLimit limit) {
  const std::string pattern = pattern_of(prefix);
  CO_TRY(const std::size_t masters, co_await client_.count_masters(limit));
  std::size_t cleared = 0;
  for (std::size_t i = 0; i < masters; i++) {
    CO_TRY(const std::size_t here, co_await clear_master(i, pattern, limit));
    cleared += here;
  }
  co_return cleared;
}

io::Async<Result<std::size_t>> RedisStore::clear_master(std::size_t number,
                                                        const std::string& pattern,
                                                        io::WaitLimit limit) {
  std::string cursor = "0";
  std::size_t cleared = 0;
  do {
    Command scan{"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"};
    scan.key_at = 0;
    CO_TRY(Reply reply, co_await client_.run_on_master(number, scan, limit));
    if (reply.is_error()) co_return fail(refused(reply));
    if (reply.items.size() != 2) co_return fail(connection_error("redis: SCAN has no answer"));
    std::vector<std::string> keys;
    for (Reply& key : reply.items[1].items)
      if (options_.owns == nullptr || options_.owns(key.text)) keys.push_back(std::move(key.text));
    if (!keys.empty()) {
      CO_TRY(const std::int64_t erased, co_await unlink(keys, limit));
      cleared += static_cast<std::size_t>(erased);
    }
    cursor = std::move(reply.items[0].text);
  } while (cursor != "0");
  co_return cleared;
}

io::Async<Result<StoreStats>> RedisStore::stats(io::WaitLimit limit) {
  Command info{"INFO"};
  info.key_at = 0;
  CO_TRY(const auto replies, co_await client_.run_on_masters(info, limit));
  StoreStats sum{.hits = hits_, .misses = misses_};
  for (const Reply& reply : replies) {
    if (reply.is_error()) co_return fail(refused(reply));
    sum.bytes += number_in(reply.text, "used_memory");
    sum.capacity_bytes += number_in(reply.text, "maxmemory");
    sum.evicted += number_in(reply.text, "evicted_keys");
    sum.expired += number_in(reply.text, "expired_keys");
  }
  co_return sum;
}

io::Async<Status> RedisStore::check(io::WaitLimit limit) {
  const std::string name = random_name();
  std::string key = options_.name_space;
  if (!key.empty()) key += ':';
  key += "sluice:check:" + name;
  // It goes by itself if this process does not get to erase it.
  const Command set{"SET", key, name, "PX", "60000"}, get{"GET", key};
  CO_TRY([[maybe_unused]] const Reply written, co_await ask(set, limit));
  CO_TRY(const Reply read, co_await ask(get, limit));
  CO_TRY([[maybe_unused]] const bool erased, co_await erase(key, limit));
  if (read.text != name)
    co_return fail(connection_error(
        "redis: a key that was just written can't be read; check `host` and `port`: it is no "
        "single Redis, or evicts at once (`maxmemory`)"));
  co_return Done{};
}

}  // namespace sluice::store
