#pragma once
// One server as one loop sees it: a connection that is opened when it is first needed and again
// when it is lost, commands pipelined on it, and a breaker.
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "io/connect.h"
#include "io/pause.h"
#include "model/redis_options.h"
#include "redis/breaker.h"
#include "redis/resp.h"

namespace sluice::redis {

class Node final : private io::TurnEnd {
 public:
  using Invalidated = std::function<void(std::optional<std::string_view> key)>;
  struct Place {
    RedisAddress address;  // not used with a unix socket
    std::string username, password;
    int database = 0;
    bool tracks = false;  // CLIENT TRACKING on its connections
  };
  // Outstanding commands and their bytes; more are refused, as a server that far behind is no help.
  static constexpr std::size_t most_waiting = 10'000, most_bytes = 64u << 20;

  // All that is referred to outlives the node. `tls` is null for plain connections.
  Node(io::Loop& loop, io::Connector& connector, const RedisOptions& options, Place place,
       io::TlsContext* tls, const Invalidated& invalidated);
  ~Node();
  Node(const Node&) = delete;

  // As Client::run. The arguments must live until the call is awaited.
  io::Async<Result<Reply>> run(std::span<const std::string_view> args, io::WaitLimit limit);
  // The same for commands that follow one another on the wire.
  io::Async<Result<std::vector<Reply>>> run_all(
      std::span<const std::span<const std::string_view>> commands, io::WaitLimit limit);

  const std::string& name() const { return name_; }
  const RedisAddress& address() const { return place_.address; }
  // It has a connection, or is getting one.
  bool in_use() const { return serving_; }
  // It tells when keys change that were read here.
  bool tracking() const { return tracking_; }
  // The next command uses a new connection.
  void reconnect();

 private:
  struct Waiter;
  Result<Reply> take(Waiter& waiter, io::IoError ended);
  Status admit();
  void enqueue(Waiter& waiter, std::span<const std::string_view> args);
  void on_turn_end() override;
  void wake_up();

  io::Detached serve();
  io::Async<Status> open();
  io::Async<Result<std::unique_ptr<io::Stream>>> dial(io::Time deadline);
  io::Async<Status> greet(io::Time deadline);
  io::Async<Status> greet_old(io::Time deadline);
  io::Async<Result<std::vector<Reply>>> ask(std::string commands, std::size_t replies,
                                            io::Time deadline);
  io::Async<Status> exchange();
  Status deliver();
  void push(const Reply& reply);
  void fail_all(const Error& error);
  Waiter* next_waiter();
  void forget_keys();

  void note_failure(const Error& error);
  void note_success();
  io::Detached heal();

  io::Loop& loop_;
  io::Connector& connector_;
  const RedisOptions& options_;
  const Place place_;
  io::TlsContext* tls_;
  const Invalidated& invalidated_;
  const std::string name_;

  std::unique_ptr<io::Stream> stream_;
  RespDecoder decoder_;
  std::string out_;                 // commands that no write has taken yet
  std::deque<Waiter*> waiters_;     // one for each command without a reply; null = gave up
  std::uint64_t first_waiter_ = 0;  // number of the front one
  bool serving_ = false, up_ = false, closing_ = false, at_turn_end_ = false, dropped_ = false;
  bool receiving_ = false, healing_ = false, tracking_ = false;
  // What serve() and heal() wait under; replaced after each interruption.
  io::CancelToken interrupt_, healer_;
  Breaker breaker_;
};

}  // namespace sluice::redis
