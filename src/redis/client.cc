#include "redis/client.h"

#include "redis/failure.h"
#include "redis/servers.h"

namespace sluice::redis {

Client::Client(io::Loop& loop, io::Connector& connector,
               std::shared_ptr<const RedisOptions> options)
    : loop_(loop), connector_(connector), options_(std::move(options)) {
  if (options_->tls) {
    auto context = io::TlsContext::client({.verify = options_->tls_verify,
                                           .ca_file = options_->tls_ca_file,
                                           .certificate_file = options_->tls_certificate,
                                           .key_file = options_->tls_key});
    if (context)
      tls_ = std::move(*context);
    else
      unusable_ = std::make_unique<Error>(std::move(context).error());
  }
}

Client::~Client() = default;

void Client::track(Invalidated invalidated) { invalidated_ = std::move(invalidated); }

bool Client::tracking() const { return servers_ != nullptr && servers_->tracking(); }

Client::Servers* Client::servers() {
  if (servers_ == nullptr && unusable_ == nullptr)
    servers_ = Servers::make({loop_, connector_, *options_, tls_.get(), invalidated_});
  return servers_.get();
}

io::Async<Result<Reply>> Client::run(const Command& command, io::WaitLimit limit) {
  Servers* const to = servers();
  if (to == nullptr) co_return fail(*unusable_);
  co_return co_await to->run(command, limit);
}

io::Async<Result<std::vector<Reply>>> Client::run_all(std::span<const Command> commands,
                                                      io::WaitLimit limit) {
  Servers* const to = servers();
  if (to == nullptr) co_return fail(*unusable_);
  co_return co_await to->run_all(commands, limit);
}

io::Async<Result<std::vector<Reply>>> Client::run_on_masters(const Command& command,
                                                             io::WaitLimit limit) {
  Servers* const to = servers();
  if (to == nullptr) co_return fail(*unusable_);
  CO_TRY(const auto masters, co_await to->masters(limit));
  std::vector<Reply> replies;
  for (Node* node : masters) {
    auto reply = co_await node->run(command.args, limit);
    if (!reply) co_return fail(std::move(reply).error());
    replies.push_back(std::move(*reply));
  }
  co_return replies;
}

io::Async<Result<std::size_t>> Client::count_masters(io::WaitLimit limit) {
  Servers* const to = servers();
  if (to == nullptr) co_return fail(*unusable_);
  CO_TRY(const auto masters, co_await to->masters(limit));
  co_return masters.size();
}

io::Async<Result<Reply>> Client::run_on_master(std::size_t number, const Command& command,
                                               io::WaitLimit limit) {
  Servers* const to = servers();
  if (to == nullptr) co_return fail(*unusable_);
  CO_TRY(const auto masters, co_await to->masters(limit));
  if (number >= masters.size())
    co_return fail(connection_error("the cluster has changed meanwhile; try again"));
  co_return co_await masters[number]->run(command.args, limit);
}

// --- What all topologies share. ---

std::unique_ptr<Client::Servers> Client::Servers::make(const Parts& parts) {
  switch (parts.options.topology) {
    case RedisTopology::standalone: break;
    case RedisTopology::sentinel: return std::make_unique<Sentinel>(parts);
    case RedisTopology::cluster: return std::make_unique<Cluster>(parts);
  }
  return std::make_unique<Single>(parts);
}

std::unique_ptr<Node> Client::Servers::make_node(const RedisAddress& address,
                                                 bool is_sentinel) const {
  const RedisOptions& options = parts_.options;
  Node::Place place{.address = address,
                    .username = options.username,
                    .password = options.password,
                    .database = options.database,
                    .tracks = static_cast<bool>(parts_.invalidated)};
  if (is_sentinel)
    place = {.address = address,
             .username = options.sentinel_username,
             .password = options.sentinel_password};
  if (options.topology == RedisTopology::cluster) place.database = 0;
  return std::make_unique<Node>(parts_.loop, parts_.connector, options, std::move(place),
                                parts_.tls, parts_.invalidated);
}

io::Async<Result<std::vector<Reply>>> Client::Servers::run_on(Node& node,
                                                              std::span<const Command> commands,
                                                              io::WaitLimit limit) {
  std::vector<std::span<const std::string_view>> list;
  for (const Command& command : commands) list.emplace_back(command.args);
  co_return co_await node.run_all(list, limit);
}

// --- One server. ---

Client::Single::Single(const Parts& parts)
    : Servers(parts),
      node_(make_node(parts.options.nodes.empty() ? RedisAddress{} : parts.options.nodes.front())) {
}

io::Async<Result<Reply>> Client::Single::run(const Command& command, io::WaitLimit limit) {
  co_return co_await node_->run(command.args, limit);
}

io::Async<Result<std::vector<Reply>>> Client::Single::run_all(std::span<const Command> commands,
                                                              io::WaitLimit limit) {
  co_return co_await run_on(*node_, commands, limit);
}

io::Async<Result<std::vector<Node*>>> Client::Single::masters(io::WaitLimit) {
  co_return std::vector<Node*>{node_.get()};
}

}  // namespace sluice::redis
