#include "cache/redis_index_calls.h"

#include "search/replies.h"

namespace sluice::cache {

using redis::Reply;

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

}  // namespace sluice::cache
