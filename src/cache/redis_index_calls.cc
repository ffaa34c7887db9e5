#include "cache/redis_index_calls.h"

#include "search/replies.h"

namespace sluice::cache {

using redis::Reply;

namespace {

// Keys that a step looks at; what is done with them takes the loop half a millisecond or so.
constexpr std::string_view keys_at_once = "200";

// For SCAN, whose patterns are globs: what a glob would not take as it is may be any character, as
// keys are compared with the prefix anyway.
std::string pattern_of(std::string prefix) {
  for (char& c : prefix)
    if (std::string_view("*?[]\\^").find(c) != std::string_view::npos) c = '?';
  return prefix + "*";
}

}  // namespace

io::Async<Result<std::vector<Reply>>> send_all(redis::Client& client,
                                               const std::vector<RedisCall>& calls,
                                               io::WaitLimit limit) {
  std::vector<redis::Command> commands;
  for (const RedisCall& call : calls)
    commands.push_back(search::as_command(call.words, call.key_at));
  co_return co_await client.run_all(commands, limit);
}

io::Async<Status> send_together(redis::Client& client, std::vector<RedisCall> calls,
                                bool is_cluster, std::string_view attempted, io::WaitLimit limit) {
  if (!is_cluster) {
    calls.insert(calls.begin(), RedisCall{{"MULTI"}, 0});
    calls.push_back({{"EXEC"}, 0});
  }
  CO_TRY(const auto replies, co_await send_all(client, calls, limit));
  for (const Reply& reply : replies) {
    if (reply.is_error()) co_return fail(search::refusal(reply, attempted));
    for (const Reply& done : reply.items)
      if (done.is_error()) co_return fail(search::refusal(done, attempted));
  }
  co_return Done{};
}

io::Async<Result<Reply>> send_one(redis::Client& client, const RedisCall& call,
                                  std::string_view attempted, io::WaitLimit limit) {
  const redis::Command command = search::as_command(call.words, call.key_at);
  CO_TRY(Reply reply, co_await client.run(command, limit));
  if (reply.is_error()) co_return fail(search::refusal(reply, attempted));
  co_return reply;
}

io::Async<Result<KeyPage>> scan_keys(redis::Client& client, std::size_t master, std::string prefix,
                                     std::string cursor, io::WaitLimit limit) {
  const search::Arguments words{
      "SCAN", cursor, "MATCH", pattern_of(prefix), "COUNT", std::string(keys_at_once)};
  const redis::Command command = search::as_command(words, 0);
  CO_TRY(Reply reply, co_await client.run_on_master(master, command, limit));
  if (reply.is_error()) co_return fail(search::refusal(reply, "go through the keys"));
  if (reply.items.size() != 2) co_return fail(connection_error("redis: SCAN has no answer"));
  KeyPage page{.next = std::move(reply.items[0].text)};
  for (Reply& key : reply.items[1].items)
    if (key.text.starts_with(prefix)) page.keys.push_back(std::move(key.text));
  co_return page;
}

}  // namespace sluice::cache
