#pragma once
// Which server a command goes to: the one, Sentinel's master, or a Cluster's node for the key.
#include <deque>

#include "redis/client.h"
#include "redis/node.h"

namespace sluice::redis {

// Shared by the client and by the work that goes on in the background. Ends with close().
class Client::Servers : public std::enable_shared_from_this<Servers> {
 public:
  struct Parts {
    io::Loop& loop;
    io::Connector& connector;
    std::shared_ptr<const RedisOptions> options;
    std::shared_ptr<io::TlsContext> tls;  // null = plain
    Node::Invalidated invalidated;        // null: nothing is tracked
  };
  using Nodes = std::vector<std::shared_ptr<Node>>;

  static std::shared_ptr<Servers> make(Parts parts);
  virtual ~Servers() = default;
  // Closes all nodes.
  virtual void close() = 0;

  // One command to where its key lives.
  virtual io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) = 0;
  // Several, in their order.
  virtual io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                        io::WaitLimit limit) = 0;
  virtual io::Async<Result<Nodes>> masters(io::WaitLimit limit) = 0;
  virtual bool tracking() const = 0;

  // The replies to calls that are on their way.
  static io::Async<Result<std::vector<Reply>>> collect(std::deque<Node::Call>& calls);

 protected:
  explicit Servers(Parts parts) : parts_(std::move(parts)) {}
  std::shared_ptr<Node> make_node(const RedisAddress& address) const;
  std::shared_ptr<Node> make_sentinel(const RedisAddress& address) const;
  // Sends to one node, as it stands.
  static io::Async<Result<std::vector<Reply>>> run_on(Node& node, std::span<const Command> commands,
                                                      io::WaitLimit limit);
  // Keys are not watched any more, where they were read.
  void forget_keys() const;
  const Parts parts_;

 private:
  Node::Settings settings_for(const RedisAddress& address) const;
};

class Client::Single final : public Servers {
 public:
  explicit Single(Parts parts);
  void close() override { node_->close(); }
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) override;
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit) override;
  io::Async<Result<Nodes>> masters(io::WaitLimit limit) override;
  bool tracking() const override { return node_->tracking(); }

 private:
  std::shared_ptr<Node> node_;
};

// Servers that must be asked which of them does what. They are asked once at a time, whoever wants
// to know. While there is no answer nobody waits for one: it is looked for in the background, more
// and more rarely.
class Client::Discovered : public Servers {
 protected:
  // `kind`: what they are called together.
  Discovered(Parts parts, const std::string& kind);
  ~Discovered() override;
  // Until it is known anew, or the limit. Soon after the last time that one's outcome stands.
  io::Async<Status> discovered(io::WaitLimit limit);
  // The same in the background.
  void discover_soon();
  // How long one server may take to say what it knows, when there are `count` to ask.
  Milliseconds patience(std::size_t count) const;
  bool closed_ = false;

 private:
  static constexpr Milliseconds shortest_rest{100}, longest_rest{2000};
  static constexpr int failures_to_log = 2;
  struct Visitor;
  virtual io::Async<Status> discover() = 0;
  io::Detached look(std::shared_ptr<Servers> self);

  void note(const Status& found);

  const std::string name_;
  bool looking_ = false;
  std::vector<Visitor*> visitors_;  // who waits for the outcome
  std::unique_ptr<Error> failure_;  // the last outcome, if it was none
  int failures_ = 0;                // in a row
  std::uint64_t without_ = 0;       // commands, since the first of them
  Milliseconds rest_ = shortest_rest;
  io::Time next_look_{};
};

// Asks the sentinels who the master is, and again when that one is lost or turns out to be a
// replica (redis.io/docs/latest/develop/reference/sentinel-clients).
class Client::Sentinel final : public Discovered {
 public:
  explicit Sentinel(Parts parts);
  void close() override;
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) override;
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit) override;
  io::Async<Result<Nodes>> masters(io::WaitLimit limit) override;
  bool tracking() const override { return master_ != nullptr && master_->tracking(); }

 private:
  io::Async<Result<std::shared_ptr<Node>>> master(io::WaitLimit limit);
  io::Async<Status> discover() override;
  io::Async<Result<RedisAddress>> ask(Node& sentinel);
  io::Async<Status> try_master(const RedisAddress& address);
  io::Async<Status> check_role(Node& node);
  void adopt(std::shared_ptr<Node> node);

  Nodes sentinels_;  // the one that answered last is in front
  std::shared_ptr<Node> master_;
  bool suspect_ = true;  // ask before the next command
};

// Keys by hash slot (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec).
class Client::Cluster final : public Discovered {
 public:
  explicit Cluster(Parts parts);
  void close() override;
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) override;
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit) override;
  io::Async<Result<Nodes>> masters(io::WaitLimit limit) override;
  bool tracking() const override;

 private:
  static constexpr std::size_t slot_count = 16384;
  static constexpr int most_hops = 8;
  // What to do about a reply.
  enum class Next { keep, moved, ask, wait };
  struct Hop {
    Next next = Next::keep;
    RedisAddress to;
    std::size_t slot = 0;
  };

  io::Async<Status> discover() override;
  io::Async<Status> ask(const std::shared_ptr<Node>& node, std::size_t candidates);
  bool take_slots(const Reply& reply, const std::shared_ptr<Node>& from);
  std::shared_ptr<Node> node_at(const RedisAddress& address);
  void assign(std::vector<Node*> owners);
  io::Async<Result<std::shared_ptr<Node>>> node_for(const Command& command, io::WaitLimit limit);
  std::shared_ptr<Node> any_node() const;
  static Hop read_hop(const Result<Reply>& reply, const Node& from);
  io::Async<Result<Reply>> settle(const Command& command, std::shared_ptr<Node> node,
                                  Result<Reply> reply, io::WaitLimit limit);

  Nodes seeds_;               // those that were configured
  Nodes nodes_;               // those that have slots; seeds may be among them
  std::vector<Node*> slots_;  // whose each is; null: not known
};

// The slot of a key: CRC16 (XMODEM) of its `{tag}`, or of all of it, modulo 16384.
std::size_t slot_of(std::string_view key);

}  // namespace sluice::redis
