#pragma once
// A Redis or Valkey as one loop sees it: standalone, behind Sentinel, or a Cluster. One pipelined
// connection per node; the commands of one turn of the loop leave in one write.
//
//   redis::Client client(loop, connector, options);
//   CO_TRY(const redis::Reply reply, co_await client.run({"GET", key}, {.deadline = due}));
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/async.h"
#include "io/connect.h"
#include "io/pause.h"
#include "model/redis_options.h"
#include "redis/reply.h"

namespace sluice::redis {

// Arguments of one command. Views: they must live until the call has been awaited.
struct Command {
  Command(std::initializer_list<std::string_view> list) : args(list.begin(), list.end()) {}
  explicit Command(std::vector<std::string_view> list) : args(std::move(list)) {}
  std::vector<std::string_view> args;
  // Which argument is the key that decides about a Cluster's node; 0 = any node will do.
  std::size_t key_at = 1;
};

class Client {
 public:
  // What is remembered on other machines' behalf is no longer so: a key that somebody changed, or
  // (nullopt) anything, as the connection that would have told us was lost.
  using Invalidated = std::function<void(std::optional<std::string_view> key)>;

  Client(io::Loop& loop, io::Connector& connector, std::shared_ptr<const RedisOptions> options);
  // Whoever still waits gets an error. The last caller may be the one who ends the client.
  ~Client();
  Client(const Client&) = delete;

  // One command, and the server's reply to it. A refusal ("-ERR …") is a Reply of type error.
  // Error: no reply in time or no connection (code timeout or connection); says where and why, and
  // what to do about it, never a password. While the breaker is open that comes at once.
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit);
  // Several commands, sent together; one reply for each, in their order. In a Cluster each goes to
  // its own node; those for one node arrive there in their order.
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit);
  // The same command on every master node (SCAN, FLUSH of an index, INFO); one reply for each.
  io::Async<Result<std::vector<Reply>>> run_on_masters(const Command& command, io::WaitLimit limit);

  // How many master nodes there are, and one command to one of them: for what has to be done on
  // each, step by step (SCAN).
  io::Async<Result<std::size_t>> count_masters(io::WaitLimit limit);
  io::Async<Result<Reply>> run_on_master(std::size_t number, const Command& command,
                                         io::WaitLimit limit);

  // Asks the servers to tell when a key that this client has read changes (CLIENT TRACKING, RESP3).
  // Each reading is told of one change, this client's own too; a key that was only written is not
  // watched. Call before the first command. Servers that can't (before Redis 6) tell nothing:
  // tracking() is false then, and nothing may be remembered.
  void track(Invalidated invalidated);
  bool tracking() const;

 private:
  class Servers;  // which node is to be asked
  class Single;
  class Discovered;
  class Sentinel;
  class Cluster;
  Servers* servers();  // null: unusable_ says why

  io::Loop& loop_;
  io::Connector& connector_;
  std::shared_ptr<const RedisOptions> options_;
  Invalidated invalidated_;
  std::shared_ptr<io::TlsContext> tls_;
  std::shared_ptr<Servers> servers_;
  std::unique_ptr<Error> unusable_;  // why no command can be sent, ever: a file that can't be read
};

}  // namespace sluice::redis
