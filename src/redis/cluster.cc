#include <algorithm>
#include <array>
#include <charconv>

#include "redis/failure.h"
#include "redis/servers.h"

namespace sluice::redis {

namespace {

// "HOST:PORT" of a redirection; an IPv6 host has colons of its own.
std::optional<RedisAddress> read_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  RedisAddress address{.host = std::string(text.substr(0, colon))};
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return address;
}

// A node that does not know its own host gives none, or "?": it is the one that was asked.
std::string host_of(std::string_view host, const Node& asked) {
  return host.empty() || host == "?" ? asked.address().host : std::string(host);
}

bool has(const std::vector<std::shared_ptr<Node>>& nodes, const Node* node) {
  return std::ranges::any_of(nodes, [node](const auto& each) { return each.get() == node; });
}

constexpr Milliseconds first_pause{2}, longest_pause{64};

}  // namespace

Client::Cluster::Cluster(Parts parts)
    : Discovered(std::move(parts), "redis cluster"), slots_(slot_count, nullptr) {
  for (const RedisAddress& seed : parts_.options->nodes) seeds_.push_back(make_node(seed));
}

void Client::Cluster::close() {
  closed_ = true;
  for (const auto& node : nodes_) node->close();
  for (const auto& node : seeds_) node->close();
}

bool Client::Cluster::tracking() const {
  const auto is_up = [](const auto& node) { return node->is_up(); };
  const auto is_silent = [](const auto& node) { return node->is_up() && !node->tracking(); };
  return std::ranges::any_of(nodes_, is_up) && std::ranges::none_of(nodes_, is_silent);
}

// --- Who has which slots. ---

// Any node that answers will do: those that are well first, then those that were configured.
io::Async<Status> Client::Cluster::discover() {
  Nodes candidates = nodes_;
  std::ranges::partition(candidates, [](const auto& node) { return node->is_up(); });
  for (const auto& seed : seeds_)
    if (!has(candidates, seed.get())) candidates.push_back(seed);
  Status found =
      fail(connection_error("no node of the cluster is configured; check `redis_startup_nodes`"));
  for (const auto& node : candidates) {
    found = co_await ask(node, candidates.size());
    if (found || closed_) break;
  }
  co_return found;
}

io::Async<Status> Client::Cluster::ask(const std::shared_ptr<Node>& node, std::size_t candidates) {
  const std::array<std::string_view, 2> question{"CLUSTER", "SLOTS"};
  const io::WaitLimit limit{.deadline = io::Clock::now() + patience(candidates)};
  CO_TRY(const Reply reply, co_await node->run(question, limit));
  if (reply.is_error()) co_return fail(refusal(node->name(), reply.text));
  if (!closed_ && take_slots(reply, node)) co_return Done{};
  co_return fail(connection_error(node->name() + " knows no slots of the cluster yet"));
}

// [first, last, [host, port, …] of the master, replicas…] each.
bool Client::Cluster::take_slots(const Reply& reply, const std::shared_ptr<Node>& from) {
  if (reply.type != Reply::Type::list || reply.items.empty()) return false;
  std::vector<Node*> owners(slot_count, nullptr);
  for (const Reply& range : reply.items) {
    if (range.items.size() < 3 || range.items[2].items.size() < 2) return false;
    const std::int64_t first = range.items[0].integer, last = range.items[1].integer;
    const std::int64_t port = range.items[2].items[1].integer;
    const bool is_sound = first >= 0 && first <= last &&
                          last < static_cast<std::int64_t>(slot_count) && port > 0 && port < 65536;
    if (!is_sound) return false;
    const auto node = node_at(
        {.host = host_of(range.items[2].items[0].text, *from), .port = static_cast<int>(port)});
    std::fill(owners.begin() + first, owners.begin() + last + 1, node.get());
  }
  assign(std::move(owners));
  Nodes gone;
  std::erase_if(nodes_, [&](const auto& node) {
    const bool owns = std::ranges::find(slots_, node.get()) != slots_.end();
    if (!owns && !has(seeds_, node.get())) gone.push_back(node);
    return !owns;
  });
  for (const auto& node : gone) node->close();
  return true;
}

std::shared_ptr<Node> Client::Cluster::node_at(const RedisAddress& address) {
  const auto is_there = [&address](const auto& node) { return node->address() == address; };
  if (const auto it = std::ranges::find_if(nodes_, is_there); it != nodes_.end()) return *it;
  const auto seed = std::ranges::find_if(seeds_, is_there);
  return nodes_.emplace_back(seed != seeds_.end() ? *seed : make_node(address));
}

// Keys that were read at a former owner may not be watched there any more.
void Client::Cluster::assign(std::vector<Node*> owners) {
  const auto has_moved = [](Node* former, Node* owner) {
    return former != nullptr && former != owner;
  };
  const bool moved = !std::ranges::equal(slots_, owners, std::not_fn(has_moved));
  slots_ = std::move(owners);
  if (moved) forget_keys();
}

std::shared_ptr<Node> Client::Cluster::any_node() const {
  const auto up = std::ranges::find_if(nodes_, [](const auto& node) { return node->is_up(); });
  if (up != nodes_.end()) return *up;
  return nodes_.empty() ? nullptr : nodes_.front();
}

io::Async<Result<std::shared_ptr<Node>>> Client::Cluster::node_for(const Command& command,
                                                                   io::WaitLimit limit) {
  const bool has_key = command.key_at > 0 && command.key_at < command.args.size();
  const std::size_t slot = has_key ? slot_of(command.args[command.key_at]) : slot_count;
  for (const bool may_ask : {true, false}) {
    if (!has_key && !nodes_.empty()) co_return any_node();
    if (has_key && slots_[slot] != nullptr) co_return slots_[slot]->shared_from_this();
    if (!may_ask) break;
    CO_TRY([[maybe_unused]] const Done done, co_await discovered(limit));
  }
  co_return fail(connection_error("no node of the redis cluster serves the key's slot"));
}

// --- Commands. ---

Client::Cluster::Hop Client::Cluster::read_hop(const Result<Reply>& reply, const Node& from) {
  if (!reply || !reply->is_error()) return {};
  const std::string_view line = reply->text;
  const bool moved = line.starts_with("MOVED "), ask = line.starts_with("ASK ");
  if (!moved && !ask) {
    for (const std::string_view passing : {"TRYAGAIN", "CLUSTERDOWN", "MASTERDOWN", "LOADING"})
      if (line.starts_with(passing)) return {.next = Next::wait};
    return {};
  }
  const std::string_view rest = line.substr(moved ? 6 : 4);
  const std::size_t space = rest.find(' ');
  if (space == std::string_view::npos) return {};
  Hop hop{.next = moved ? Next::moved : Next::ask, .slot = slot_count};
  std::from_chars(rest.data(), rest.data() + space, hop.slot);
  auto address = read_address(rest.substr(space + 1));
  if (!address || hop.slot >= slot_count) return {};
  hop.to = std::move(*address);
  hop.to.host = host_of(hop.to.host, from);
  return hop;
}

// Follows a command from its first reply to one that counts.
io::Async<Result<Reply>> Client::Cluster::settle(const Command& command, std::shared_ptr<Node> node,
                                                 Result<Reply> reply, io::WaitLimit limit) {
  Milliseconds rest = first_pause;
  bool asking = false;
  for (int hops = 0;;) {
    const Hop hop = read_hop(reply, *node);
    // A node that is gone for good: others know who has its slots.
    if (hop.next != Next::keep || (!reply && reply.error().code != ErrorCode::cancelled))
      discover_soon();
    if (hop.next == Next::keep || closed_) co_return reply;
    if (hop.next == Next::wait) {
      const io::Time due = std::min(io::Clock::now() + rest, limit.deadline);
      io::Pause pause(parts_.loop, {.deadline = due, .cancel = limit.cancel});
      rest = std::min(rest * 2, longest_pause);
      const io::IoError ended = co_await pause;
      if (ended == io::IoError::cancelled || parts_.loop.now() >= limit.deadline) co_return reply;
    } else if (++hops > most_hops) {
      co_return reply;
    } else {
      node = node_at(hop.to);
      asking = hop.next == Next::ask;  // also when it says TRYAGAIN
      if (hop.next == Next::moved && std::exchange(slots_[hop.slot], node.get()) != node.get())
        forget_keys();
    }
    using Kind = Node::Call::Kind;
    Node::Call call(*node, command.args, limit, asking ? Kind::asking : Kind::plain);
    const io::IoError ended = co_await call.wait();
    reply = call.take(ended);
  }
}

io::Async<Result<Reply>> Client::Cluster::run(const Command& command, io::WaitLimit limit) {
  const std::shared_ptr<Servers> self = shared_from_this();
  CO_TRY(std::shared_ptr<Node> node, co_await node_for(command, limit));
  auto reply = co_await node->run(command.args, limit);
  if (reply && !reply->is_error()) co_return reply;
  co_return co_await settle(command, std::move(node), std::move(reply), limit);
}

// All are on their way before the first reply is read.
io::Async<Result<std::vector<Reply>>> Client::Cluster::run_all(std::span<const Command> commands,
                                                               io::WaitLimit limit) {
  const std::shared_ptr<Servers> self = shared_from_this();
  Nodes nodes;
  for (const Command& command : commands) {
    CO_TRY(nodes.emplace_back(), co_await node_for(command, limit));
  }
  std::deque<Node::Call> calls;
  for (std::size_t i = 0; i < commands.size(); i++)
    calls.emplace_back(*nodes[i], commands[i].args, limit);
  std::vector<Reply> replies;
  for (std::size_t i = 0; i < commands.size(); i++) {
    const io::IoError ended = co_await calls[i].wait();
    auto first = calls[i].take(ended);
    auto reply = co_await settle(commands[i], nodes[i], std::move(first), limit);
    if (!reply) co_return fail(std::move(reply).error());
    replies.push_back(std::move(*reply));
  }
  co_return replies;
}

// In the order of their addresses, so that a number means the same one from call to call.
io::Async<Result<Client::Servers::Nodes>> Client::Cluster::masters(io::WaitLimit limit) {
  const std::shared_ptr<Servers> self = shared_from_this();
  if (nodes_.empty()) {
    CO_TRY([[maybe_unused]] const Done done, co_await discovered(limit));
  }
  Nodes list;
  for (const auto& node : nodes_)
    if (std::ranges::find(slots_, node.get()) != slots_.end()) list.push_back(node);
  std::ranges::sort(list, {}, [](const auto& node) {
    return std::pair(node->address().host, node->address().port);
  });
  co_return list;
}

}  // namespace sluice::redis
