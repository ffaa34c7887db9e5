#include "redis/servers.h"

#include <algorithm>

#include "io/failure.h"
#include "io/outage.h"
#include "redis/failure.h"

namespace sluice::redis {

std::shared_ptr<Client::Servers> Client::Servers::make(Parts parts) {
  switch (parts.options->topology) {
    case RedisTopology::standalone: break;
    case RedisTopology::sentinel: return std::make_shared<Sentinel>(std::move(parts));
    case RedisTopology::cluster: return std::make_shared<Cluster>(std::move(parts));
  }
  return std::make_shared<Single>(std::move(parts));
}

Node::Settings Client::Servers::settings_for(const RedisAddress& address) const {
  const RedisOptions& options = *parts_.options;
  return {.address = address,
          .tls = parts_.tls,
          .connect_timeout = options.connect_timeout,
          .deadline = options.deadline};
}

std::shared_ptr<Node> Client::Servers::make_node(const RedisAddress& address) const {
  const RedisOptions& options = *parts_.options;
  Node::Settings settings = settings_for(address);
  settings.sign_in = {.username = options.username,
                      .password = options.password,
                      .database = options.database,
                      .tracks = parts_.invalidated != nullptr};
  if (options.topology == RedisTopology::standalone) settings.unix_socket = options.unix_socket;
  if (options.topology == RedisTopology::cluster) settings.sign_in.database = 0;
  return std::make_shared<Node>(parts_.loop, parts_.connector, std::move(settings),
                                parts_.invalidated);
}

std::shared_ptr<Node> Client::Servers::make_sentinel(const RedisAddress& address) const {
  const RedisOptions& options = *parts_.options;
  Node::Settings settings = settings_for(address);
  settings.sign_in = {.username = options.sentinel_username, .password = options.sentinel_password};
  settings.is_sentinel = true;
  return std::make_shared<Node>(parts_.loop, parts_.connector, std::move(settings), nullptr);
}

void Client::Servers::forget_keys() const {
  if (parts_.invalidated) parts_.invalidated(std::nullopt);
}

io::Async<Result<std::vector<Reply>>> Client::Servers::collect(std::deque<Node::Call>& calls) {
  std::vector<Reply> replies;
  for (Node::Call& call : calls) {
    const io::IoError ended = co_await call.wait();
    auto reply = call.take(ended);
    if (!reply) co_return fail(std::move(reply).error());
    replies.push_back(std::move(*reply));
  }
  co_return replies;
}

io::Async<Result<std::vector<Reply>>> Client::Servers::run_on(Node& node,
                                                              std::span<const Command> commands,
                                                              io::WaitLimit limit) {
  std::deque<Node::Call> calls;
  for (const Command& command : commands) calls.emplace_back(node, command.args, limit);
  co_return co_await collect(calls);
}

// --- One server. ---

Client::Single::Single(Parts parts)
    : Servers(std::move(parts)),
      node_(make_node(parts_.options->nodes.empty() ? RedisAddress{.host = "localhost"}
                                                    : parts_.options->nodes.front())) {}

io::Async<Result<Reply>> Client::Single::run(const Command& command, io::WaitLimit limit) {
  return node_->run(command.args, limit);
}

io::Async<Result<std::vector<Reply>>> Client::Single::run_all(std::span<const Command> commands,
                                                              io::WaitLimit limit) {
  return run_on(*node_, commands, limit);
}

io::Async<Result<Client::Servers::Nodes>> Client::Single::masters(io::WaitLimit) {
  co_return Nodes{node_};
}

// --- Servers that must be asked who they are. ---

// Somebody who waits for the outcome.
struct Client::Discovered::Visitor {
  Visitor(Discovered& its_servers, io::WaitLimit limit)
      : servers(its_servers), pause(servers.parts_.loop, limit) {
    servers.visitors_.push_back(this);
  }
  Visitor(const Visitor&) = delete;
  ~Visitor() {
    if (!called) std::erase(servers.visitors_, this);
  }
  Discovered& servers;
  io::Pause pause;
  bool called = false;
};

Client::Discovered::Discovered(Parts parts, const std::string& kind)
    : Servers(std::move(parts)),
      name_(parts_.options->nodes.empty()
                ? kind
                : kind + " at " +
                      io::host_and_port(parts_.options->nodes.front().host,
                                        parts_.options->nodes.front().port)) {}

Client::Discovered::~Discovered() {
  if (failures_ >= failures_to_log) io::outage_is_over(name_);
}

io::Async<Status> Client::Discovered::discovered(io::WaitLimit limit) {
  const std::shared_ptr<Servers> self = shared_from_this();
  if (closed_) co_return fail(given_up(name_));
  discover_soon();
  if (looking_ && failure_ == nullptr) {
    Visitor visitor(*this, limit);
    const io::IoError ended = co_await visitor.pause;
    if (ended != io::IoError::none) co_return fail(no_answer(name_, ended));
  }
  if (failure_ == nullptr) co_return Done{};
  without_++;
  co_return fail(*failure_);
}

void Client::Discovered::discover_soon() {
  if (looking_ || closed_ || parts_.loop.now() < next_look_) return;
  looking_ = true;
  look(shared_from_this());
}

Milliseconds Client::Discovered::patience(std::size_t count) const {
  constexpr std::size_t most_shares = 4;
  const auto shares = static_cast<int>(std::clamp<std::size_t>(count, 1, most_shares));
  return parts_.options->connect_timeout / shares;
}

// Visitors leave one by one, as each may do anything when it is called.
io::Detached Client::Discovered::look([[maybe_unused]] std::shared_ptr<Servers> self) {
  const Status found = co_await discover();
  looking_ = false;
  if (closed_)
    failure_ = std::make_unique<Error>(given_up(name_));
  else
    note(found);
  while (!visitors_.empty()) {
    Visitor& visitor = *visitors_.front();
    visitors_.erase(visitors_.begin());
    visitor.called = true;
    visitor.pause.wake();
  }
}

// One failure may be a failover that is under way.
void Client::Discovered::note(const Status& found) {
  next_look_ =
      parts_.loop.now() + (rest_ = found ? shortest_rest : std::min(rest_ * 2, longest_rest));
  if (found) {
    if (failures_ >= failures_to_log) io::outage_ends(name_, without_);
    failure_ = nullptr;
    failures_ = 0;
    without_ = 0;
    return;
  }
  failure_ = std::make_unique<Error>(found.error());
  if (++failures_ == failures_to_log)
    io::outage_begins(name_, name_ + " can't be used: " + failure_->message);
}

}  // namespace sluice::redis
