#include <algorithm>
#include <array>
#include <charconv>

#include "redis/failure.h"
#include "redis/servers.h"

namespace sluice::redis {

namespace {

// The connection is lost or the server frozen, or it is no master any more.
bool casts_doubt(const Result<Reply>& reply) {
  if (!reply) return reply.error().code == ErrorCode::connection;
  return reply->is_error() &&
         (reply->text.starts_with("READONLY") || reply->text.starts_with("MASTERDOWN"));
}

// [host, port] as SENTINEL GET-MASTER-ADDR-BY-NAME gives them.
std::optional<RedisAddress> read_address(const Reply& reply) {
  if (reply.items.size() != 2) return std::nullopt;
  RedisAddress address{.host = reply.items[0].text};
  const std::string& port = reply.items[1].text;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return address;
}

}  // namespace

Client::Sentinel::Sentinel(Parts parts) : Discovered(std::move(parts), "redis sentinels") {
  for (const RedisAddress& address : parts_.options->nodes)
    sentinels_.push_back(make_sentinel(address));
}

void Client::Sentinel::close() {
  closed_ = true;
  for (const auto& sentinel : sentinels_) sentinel->close();
  if (master_ != nullptr) master_->close();
}

// The first sentinel whose word holds. When none answers, the last master may still be one.
io::Async<Status> Client::Sentinel::discover() {
  Error last = connection_error("no sentinel is configured; check `sentinel_nodes`");
  bool is_named = false;  // then it is the master's failure that counts
  for (std::size_t i = 0; i < sentinels_.size() && !closed_; i++) {
    const std::shared_ptr<Node> sentinel = sentinels_[i];
    const auto address = co_await ask(*sentinel);
    if (!address) {
      if (!is_named) last = address.error();
      continue;
    }
    const Status found = co_await try_master(*address);
    if (!found) {
      last = found.error();
      is_named = true;
      continue;
    }
    std::rotate(sentinels_.begin(), std::ranges::find(sentinels_, sentinel),
                std::ranges::find(sentinels_, sentinel) + 1);
    co_return Done{};
  }
  if (master_ != nullptr && !closed_) {
    const RedisAddress address = master_->address();
    const Status still = co_await try_master(address);
    if (still) co_return Done{};
  }
  co_return fail(std::move(last));
}

io::Async<Result<RedisAddress>> Client::Sentinel::ask(Node& sentinel) {
  const std::string& service = parts_.options->service_name;
  const std::array<std::string_view, 3> question{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", service};
  const io::WaitLimit limit{.deadline = io::Clock::now() + patience(sentinels_.size())};
  CO_TRY(const Reply reply, co_await sentinel.run(question, limit));
  if (reply.is_error()) co_return fail(refusal(sentinel.name(), reply.text));
  if (auto address = read_address(reply)) co_return std::move(*address);
  co_return fail(connection_error(sentinel.name() + " knows no master named `" + service +
                                  "`; check `service_name`"));
}

// Makes it the master if it says that it is.
io::Async<Status> Client::Sentinel::try_master(const RedisAddress& address) {
  const bool known = master_ != nullptr && master_->address() == address;
  const std::shared_ptr<Node> node = known ? master_ : make_node(address);
  const Status checked = co_await check_role(*node);
  if (checked && !closed_) {
    adopt(node);
  } else if (!known || closed_) {
    node->close();
  }
  co_return checked;
}

// ROLE: [role, …]. Who may not ask that has to believe the sentinel.
io::Async<Status> Client::Sentinel::check_role(Node& node) {
  const std::array<std::string_view, 1> question{"ROLE"};
  const io::WaitLimit limit{.deadline = io::Clock::now() + patience(1)};
  CO_TRY(const Reply reply, co_await node.run(question, limit));
  if (reply.items.empty() || reply.items[0].text == "master") co_return Done{};
  co_return fail(connection_error(node.name() + ": the sentinels call it the master, but it is a " +
                                  reply.items[0].text));
}

void Client::Sentinel::adopt(std::shared_ptr<Node> node) {
  suspect_ = false;
  if (node == master_) return;
  const std::shared_ptr<Node> former = std::exchange(master_, std::move(node));
  if (former == nullptr) return;
  forget_keys();
  former->close();
}

io::Async<Result<std::shared_ptr<Node>>> Client::Sentinel::master(io::WaitLimit limit) {
  if (suspect_ || master_ == nullptr) {
    CO_TRY([[maybe_unused]] const Done done, co_await discovered(limit));
  }
  co_return master_;
}

// Once more when the first master turns out to be none: nothing was done there.
io::Async<Result<Reply>> Client::Sentinel::run(const Command& command, io::WaitLimit limit) {
  const std::shared_ptr<Servers> self = shared_from_this();
  CO_TRY(const std::shared_ptr<Node> first, co_await master(limit));
  auto reply = co_await first->run(command.args, limit);
  if (!casts_doubt(reply)) co_return reply;
  suspect_ = true;
  if (!reply) co_return reply;
  const auto second = co_await master(limit);
  if (!second || *second == first) co_return reply;
  const std::shared_ptr<Node> node = *second;
  co_return co_await node->run(command.args, limit);
}

io::Async<Result<std::vector<Reply>>> Client::Sentinel::run_all(std::span<const Command> commands,
                                                                io::WaitLimit limit) {
  const std::shared_ptr<Servers> self = shared_from_this();
  CO_TRY(const std::shared_ptr<Node> node, co_await master(limit));
  auto replies = co_await run_on(*node, commands, limit);
  if (!replies) {
    suspect_ = suspect_ || replies.error().code == ErrorCode::connection;
    co_return replies;
  }
  for (const Reply& reply : *replies)
    if (casts_doubt(Result<Reply>(reply))) suspect_ = true;
  co_return replies;
}

io::Async<Result<Client::Servers::Nodes>> Client::Sentinel::masters(io::WaitLimit limit) {
  CO_TRY(std::shared_ptr<Node> node, co_await master(limit));
  co_return Nodes{std::move(node)};
}

}  // namespace sluice::redis
