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

#include "io/breaker.h"
#include "io/connect.h"
#include "io/pause.h"
#include "model/redis_options.h"
#include "redis/greeting.h"
#include "redis/resp.h"

namespace sluice::redis {

// Shared by its owner, by the calls that wait for it and by its own coroutines, so that a woken
// caller may drop the owner. Ends with close().
class Node final : public std::enable_shared_from_this<Node>, private io::TurnEnd {
 public:
  using Invalidated = std::function<void(std::optional<std::string_view> key)>;
  struct Settings {
    RedisAddress address;
    std::string unix_socket;  // instead of the address
    bool is_sentinel = false;
    SignIn sign_in;
    std::shared_ptr<io::TlsContext> tls;  // null = plain
    Milliseconds connect_timeout{1000};
    Milliseconds deadline{20};  // a server that takes longer is as good as away
    // After so long a silence the server is asked whether it is still there: a connection that was
    // cut without a word could not tell what changes.
    Milliseconds heartbeat{5000};
  };
  // Commands that wait and bytes that are to be sent; more are refused, as a server that far behind
  // is no help.
  static constexpr std::size_t most_waiting = 10'000, most_bytes = 64u << 20;

  // Loop and connector outlive the last call. `invalidated` (may be null) as Client::track has it.
  Node(io::Loop& loop, io::Connector& connector, Settings settings, Invalidated invalidated);
  ~Node();
  Node(const Node&) = delete;
  // No more commands; those that wait fail. Tells nobody that keys are not watched any more.
  void close();

  class Call;
  // One command, as Client::run.
  io::Async<Result<Reply>> run(std::span<const std::string_view> args, io::WaitLimit limit);

  const std::string& name() const { return name_; }
  const RedisAddress& address() const { return settings_.address; }
  bool is_up() const { return up_; }
  // It tells when keys change that were read here.
  bool tracking() const { return tracking_; }

 private:
  std::unique_ptr<Error> refuse(std::size_t bytes, bool probe);
  void enqueue(Call* call, std::span<const std::string_view> args);
  void wake_up();
  void on_turn_end() override;
  void send_gathered();

  io::Detached serve(std::shared_ptr<Node> self);
  io::Async<Status> open();
  enum class Manner { current, old };
  io::Async<Status> connect(Manner manner, io::Time deadline);
  io::Async<Status> greet(Manner manner);
  io::Async<Result<std::vector<Reply>>> ask(Greeting greeting);
  io::Async<Error> receive();
  bool beat();
  Status deliver();
  void push(const Reply& reply);
  void lose(const Error& why, io::Time begin);
  void fail_all(const Error& why);
  Call* next_call();
  void drop(Error why);

  void note_timeout(io::Time sent);
  void begin_outage(const Error& why);
  io::Detached heal(std::shared_ptr<Node> self);
  io::Async<bool> probe();

  io::Loop& loop_;
  io::Connector& connector_;
  const Settings settings_;
  const Invalidated invalidated_;
  const std::string name_;

  std::unique_ptr<io::Stream> stream_;
  RespDecoder decoder_;
  std::string gathered_;            // this turn's commands, and those that wait for a connection
  std::deque<Call*> waiting_;       // one for each command without a reply; null = gave up
  std::uint64_t first_ = 0;         // number of the front one
  bool serving_ = false;            // serve() runs
  bool up_ = false;                 // commands may be sent
  bool at_turn_end_ = false;        // on_turn_end() will be called
  bool beating_ = false;            // a heartbeat's reply is due
  bool silent_ = false;             // the greeting has got no answer at all
  bool tracking_ = false;           // the server tells when keys change
  bool closing_ = false;            // close() was called
  std::unique_ptr<Error> dropped_;  // the connection is to end, for this reason
  io::CancelToken interrupt_;       // what serve() waits under; anew for each connection

  io::Breaker breaker_;
  std::string outage_;  // what opened the breaker
  io::CancelToken healer_;
};

// One command on its way, sent at the end of the loop's turn. Lives in the frame that awaits it;
// one that goes away before its reply leaves its place in the pipeline empty, and the reply is
// thrown away when it comes.
//
//   Node::Call call(node, args, limit);
//   const io::IoError ended = co_await call.wait();
//   co_return call.take(ended);
class Node::Call {
 public:
  enum class Kind {
    plain,
    asking,
    probe
  };  // asking: ASKING goes before it. Probe: past the breaker
  // `args` are not needed afterwards.
  Call(Node& node, std::span<const std::string_view> args, io::WaitLimit limit,
       Kind kind = Kind::plain);
  Call(const Call&) = delete;
  ~Call();
  io::Pause& wait() { return pause_; }
  // `ended` is what waiting gave.
  Result<Reply> take(io::IoError ended);

 private:
  friend class Node;
  const std::shared_ptr<Node> node_;
  io::Pause pause_;
  const io::Time sent_;
  const bool probe_;
  bool queued_ = false;
  std::uint64_t number_ = 0;
  Reply reply_;
  std::unique_ptr<Error> error_;
};

}  // namespace sluice::redis
