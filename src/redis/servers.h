#pragma once
// Which server a command goes to: the one, Sentinel's master, or a Cluster's node for the key.
#include "redis/client.h"
#include "redis/node.h"

namespace sluice::redis {

class Client::Servers {
 public:
  struct Parts {
    io::Loop& loop;
    io::Connector& connector;
    const RedisOptions& options;
    io::TlsContext* tls;
    const Node::Invalidated& invalidated;
  };
  static std::unique_ptr<Servers> make(const Parts& parts);
  virtual ~Servers() = default;

  // One command to where its key lives.
  virtual io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) = 0;
  // Several, in their order.
  virtual io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                        io::WaitLimit limit) = 0;
  virtual io::Async<Result<std::vector<Node*>>> masters(io::WaitLimit limit) = 0;
  virtual bool tracking() const = 0;

 protected:
  explicit Servers(const Parts& parts) : parts_(parts) {}
  std::unique_ptr<Node> make_node(const RedisAddress& address, bool is_sentinel = false) const;
  // Sends to one node, as it stands.
  static io::Async<Result<std::vector<Reply>>> run_on(Node& node, std::span<const Command> commands,
                                                      io::WaitLimit limit);
  const Parts parts_;
};

class Client::Single final : public Servers {
 public:
  explicit Single(const Parts& parts);
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) override;
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit) override;
  io::Async<Result<std::vector<Node*>>> masters(io::WaitLimit limit) override;
  bool tracking() const override { return node_->tracking(); }

 private:
  std::unique_ptr<Node> node_;
};

// Asks the sentinels who the master is, and again when that one is lost or turns out to be a
// replica.
class Client::Sentinel final : public Servers {
 public:
  explicit Sentinel(const Parts& parts);
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) override;
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit) override;
  io::Async<Result<std::vector<Node*>>> masters(io::WaitLimit limit) override;
  bool tracking() const override { return master_ != nullptr && master_->tracking(); }

 private:
  io::Async<Result<Node*>> master(io::WaitLimit limit);
  io::Async<Result<RedisAddress>> find_master(io::WaitLimit limit);

  std::vector<std::unique_ptr<Node>> sentinels_;
  std::vector<std::unique_ptr<Node>> masters_;  // all that ever were; commands may wait on them
  Node* master_ = nullptr;
  bool suspect_ = true;  // ask before the next command
};

// Keys by hash slot (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec).
class Client::Cluster final : public Servers {
 public:
  explicit Cluster(const Parts& parts);
  io::Async<Result<Reply>> run(const Command& command, io::WaitLimit limit) override;
  io::Async<Result<std::vector<Reply>>> run_all(std::span<const Command> commands,
                                                io::WaitLimit limit) override;
  io::Async<Result<std::vector<Node*>>> masters(io::WaitLimit limit) override;
  bool tracking() const override;

 private:
  static constexpr std::size_t slot_count = 16384;
  static constexpr int most_hops = 5;
  // What to do about a reply that is none.
  enum class Next { done, moved, ask, wait };
  struct Hop {
    Next next = Next::done;
    Node* node = nullptr;
    std::size_t slot = 0;
  };

  Node* node_at(const RedisAddress& address);
  io::Async<Status> learn(io::WaitLimit limit);
  bool take_slots(const Reply& reply, const RedisAddress& from);
  io::Async<Result<Node*>> node_for(const Command& command, io::WaitLimit limit);
  Hop read_redirection(const Reply& reply, const Node& from);
  io::Async<Done> run_into(const Command& command, io::WaitLimit limit,
                           std::optional<Result<Reply>>& result);

  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Node*> slots_;  // by slot; null: not known
  bool known_ = false;        // the map was read, and nothing has shown that it is old
};

// The slot of a key: CRC16 (XMODEM) of its `{tag}`, or of all of it, modulo 16384.
std::size_t slot_of(std::string_view key);

}  // namespace sluice::redis
