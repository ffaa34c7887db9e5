#include <algorithm>
#include <array>
#include <charconv>

#include "io/group.h"
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

constexpr std::chrono::milliseconds pause_between_tries{2};

}  // namespace

Client::Cluster::Cluster(const Parts& parts) : Servers(parts), slots_(slot_count, nullptr) {
  for (const RedisAddress& seed : parts.options.nodes) node_at(seed);
}

Node* Client::Cluster::node_at(const RedisAddress& address) {
  for (const auto& node : nodes_)
    if (node->address() == address) return node.get();
  return nodes_.emplace_back(make_node(address)).get();
}

bool Client::Cluster::tracking() const {
  return known_ && std::ranges::all_of(slots_, [](const Node* node) {
           return node == nullptr || node->tracking() || !node->in_use();
         });
}

// CLUSTER SLOTS: [first, last, [host, port, …], replicas…]. An empty host is the one we asked.
bool Client::Cluster::take_slots(const Reply& reply, const RedisAddress& from) {
  if (reply.type != Reply::Type::list || reply.items.empty()) return false;
  std::vector<Node*> slots(slot_count, nullptr);
  for (const Reply& range : reply.items) {
    if (range.items.size() < 3 || range.items[2].items.size() < 2) return false;
    const std::int64_t first = range.items[0].integer, last = range.items[1].integer;
    if (first < 0 || last < first || last >= static_cast<std::int64_t>(slot_count)) return false;
    const Reply& host = range.items[2].items[0];
    const RedisAddress address{.host = host.text.empty() ? from.host : host.text,
                               .port = static_cast<int>(range.items[2].items[1].integer)};
    std::fill(slots.begin() + first, slots.begin() + last + 1, node_at(address));
  }
  slots_ = std::move(slots);
  return true;
}

// Any node that answers will do.
io::Async<Status> Client::Cluster::learn(io::WaitLimit limit) {
  const std::array<std::string_view, 2> question{"CLUSTER", "SLOTS"};
  Error last =
      connection_error("no node of the cluster is configured; check `redis_startup_nodes`");
  const std::size_t count = nodes_.size();
  for (std::size_t i = 0; i < count; i++) {
    Node& node = *nodes_[i];
    const auto reply = co_await node.run(question, limit);
    if (!reply) {
      last = reply.error();
      if (last.code == ErrorCode::cancelled) break;
    } else if (reply->is_error()) {
      last = refusal(node.name(), reply->text);
    } else if (take_slots(*reply, node.address())) {
      known_ = true;
      co_return Done{};
    } else {
      last = connection_error(node.name() + " knows no slots of the cluster yet");
    }
  }
  co_return fail(last);
}

io::Async<Result<Node*>> Client::Cluster::node_for(const Command& command, io::WaitLimit limit) {
  if (!known_) {
    CO_TRY([[maybe_unused]] const Done learned, co_await learn(limit));
  }
  const bool has_key = command.key_at > 0 && command.key_at < command.args.size();
  if (has_key) {
    Node* const node = slots_[slot_of(command.args[command.key_at])];
    if (node != nullptr) co_return node;
    known_ = false;
    co_return fail(connection_error("no node of the cluster has the key's slot"));
  }
  const auto any = std::ranges::find_if(slots_, [](const Node* node) { return node != nullptr; });
  if (any != slots_.end()) co_return *any;
  co_return fail(connection_error("the cluster has no nodes"));
}

Client::Cluster::Hop Client::Cluster::read_redirection(const Reply& reply, const Node& from) {
  if (!reply.is_error()) return {};
  const std::string_view line = reply.text;
  const bool moved = line.starts_with("MOVED "), ask = line.starts_with("ASK ");
  if (moved || ask) {
    const std::string_view rest = line.substr(moved ? 6 : 4);
    const std::size_t space = rest.find(' ');
    std::size_t slot = slot_count;
    std::from_chars(rest.data(), rest.data() + std::min(space, rest.size()), slot);
    auto address = read_address(space == std::string_view::npos ? rest : rest.substr(space + 1));
    if (!address || slot >= slot_count) return {};
    if (address->host.empty()) address->host = from.address().host;
    return {moved ? Next::moved : Next::ask, node_at(*address), slot};
  }
  const bool passing = line.starts_with("TRYAGAIN") || line.starts_with("CLUSTERDOWN") ||
                       line.starts_with("MASTERDOWN") || line.starts_with("LOADING");
  return {passing ? Next::wait : Next::done, nullptr, 0};
}

io::Async<Result<Reply>> Client::Cluster::run(const Command& command, io::WaitLimit limit) {
  const std::array<std::string_view, 1> asking{"ASKING"};
  CO_TRY(Node * node, co_await node_for(command, limit));
  bool ask = false;
  for (int hop = 0;; hop++) {
    if (ask) (void)co_await node->run(asking, limit);
    auto reply = co_await node->run(command.args, limit);
    if (!reply) {  // the node may be gone for good: others know who has its slots
      known_ = known_ && reply.error().code == ErrorCode::cancelled;
      co_return reply;
    }
    const Hop next = read_redirection(*reply, *node);
    if (next.next == Next::done || hop == most_hops) co_return reply;
    ask = next.next == Next::ask;
    if (next.next == Next::moved) {
      slots_[next.slot] = next.node;
      known_ = false;  // the others have probably moved as well
    }
    if (next.node != nullptr) {
      node = next.node;
      continue;
    }
    io::Pause pause(parts_.loop,
                    {.deadline = io::Clock::now() + pause_between_tries, .cancel = limit.cancel});
    co_await pause;
    if (io::Clock::now() >= limit.deadline) co_return reply;
  }
}

io::Async<Done> Client::Cluster::run_into(const Command& command, io::WaitLimit limit,
                                          std::optional<Result<Reply>>& result) {
  result.emplace(co_await run(command, limit));
  co_return Done{};
}

// Each goes to its own node; they wait side by side, each under a token of its own.
io::Async<Result<std::vector<Reply>>> Client::Cluster::run_all(std::span<const Command> commands,
                                                               io::WaitLimit limit) {
  if (!known_) {
    CO_TRY([[maybe_unused]] const Done learned, co_await learn(limit));
  }
  std::vector<std::optional<Result<Reply>>> results(commands.size());
  io::Group group(parts_.loop);
  for (std::size_t i = 0; i < commands.size(); i++)
    group.spawn(run_into(commands[i], {.deadline = limit.deadline}, results[i]));
  co_await group.join();
  std::vector<Reply> replies;
  for (auto& result : results) {
    if (!*result) co_return fail(std::move(*result).error());
    replies.push_back(std::move(**result));
  }
  co_return replies;
}

// In the order of their addresses, so that a number means the same one from call to call.
io::Async<Result<std::vector<Node*>>> Client::Cluster::masters(io::WaitLimit limit) {
  if (!known_) {
    CO_TRY([[maybe_unused]] const Done learned, co_await learn(limit));
  }
  std::vector<Node*> list;
  for (Node* node : slots_)
    if (node != nullptr && std::ranges::find(list, node) == list.end()) list.push_back(node);
  std::ranges::sort(list, {}, [](const Node* node) {
    return std::pair(node->address().host, node->address().port);
  });
  co_return list;
}

}  // namespace sluice::redis
