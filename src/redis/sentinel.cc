#include <array>
#include <charconv>

#include "redis/failure.h"
#include "redis/servers.h"

namespace sluice::redis {

namespace {

// The connection is lost, or the server is no master any more.
bool casts_doubt(const Result<Reply>& reply) {
  if (!reply) return reply.error().code == ErrorCode::connection;
  return reply->is_error() &&
         (reply->text.starts_with("READONLY") || reply->text.starts_with("MASTERDOWN"));
}

}  // namespace

Client::Sentinel::Sentinel(const Parts& parts) : Servers(parts) {
  for (const RedisAddress& address : parts.options.nodes)
    sentinels_.push_back(make_node(address, true));
}

io::Async<Result<RedisAddress>> Client::Sentinel::find_master(io::WaitLimit limit) {
  const std::string& service = parts_.options.service_name;
  const std::array<std::string_view, 3> question{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", service};
  Error last = connection_error("no sentinel is configured; check `sentinel_nodes`");
  for (const auto& sentinel : sentinels_) {
    const auto reply = co_await sentinel->run(question, limit);
    if (!reply) {
      last = reply.error();
      if (last.code == ErrorCode::cancelled) break;
      continue;
    }
    if (reply->is_error()) {
      last = refusal(sentinel->name(), reply->text);
      continue;
    }
    if (reply->items.size() != 2) {
      last = connection_error(sentinel->name() + " knows no master named `" + service +
                              "`; check `service_name`");
      continue;
    }
    RedisAddress address{.host = reply->items[0].text};
    const std::string& port = reply->items[1].text;
    std::from_chars(port.data(), port.data() + port.size(), address.port);
    co_return address;
  }
  co_return fail(last);
}

io::Async<Result<Node*>> Client::Sentinel::master(io::WaitLimit limit) {
  if (!suspect_) co_return master_;
  CO_TRY(const RedisAddress address, co_await find_master(limit));
  master_ = nullptr;
  for (const auto& node : masters_)
    if (node->address() == address) master_ = node.get();
  if (master_ == nullptr) master_ = masters_.emplace_back(make_node(address)).get();
  suspect_ = false;
  co_return master_;
}

// Once more when the first master turns out to be none: nothing was done there.
io::Async<Result<Reply>> Client::Sentinel::run(const Command& command, io::WaitLimit limit) {
  for (int attempt = 0;; attempt++) {
    CO_TRY(Node* const node, co_await master(limit));
    auto reply = co_await node->run(command.args, limit);
    if (!casts_doubt(reply)) co_return reply;
    suspect_ = true;
    if (!reply || attempt > 0) co_return reply;
    node->reconnect();
  }
}

io::Async<Result<std::vector<Reply>>> Client::Sentinel::run_all(std::span<const Command> commands,
                                                                io::WaitLimit limit) {
  CO_TRY(Node* const node, co_await master(limit));
  auto replies = co_await run_on(*node, commands, limit);
  if (!replies) {
    suspect_ = suspect_ || replies.error().code == ErrorCode::connection;
    co_return replies;
  }
  for (const Reply& reply : *replies)
    if (casts_doubt(Result<Reply>(reply))) suspect_ = true;
  co_return replies;
}

io::Async<Result<std::vector<Node*>>> Client::Sentinel::masters(io::WaitLimit limit) {
  CO_TRY(Node* const node, co_await master(limit));
  co_return std::vector<Node*>{node};
}

}  // namespace sluice::redis
