#include "redis/client.h"

#include "redis/servers.h"

namespace sluice::redis {

namespace {

template <class T>
io::Async<Result<T>> failed(Error why) {
  co_return fail(std::move(why));
}

}  // namespace

Client::Client(io::Loop& loop, io::Connector& connector,
               std::shared_ptr<const RedisOptions> options)
    : loop_(loop), connector_(connector), options_(std::move(options)) {
  if (!options_->tls) return;
  auto context = io::TlsContext::client({.verify = options_->tls_verify,
                                         .ca_file = options_->tls_ca_file,
                                         .certificate_file = options_->tls_certificate,
                                         .key_file = options_->tls_key,
                                         .http = false,
                                         .trust_setting = "ssl_ca_certs: /path/to/ca.pem"});
  if (context)
    tls_ = std::move(*context);
  else
    unusable_ = std::make_unique<Error>(std::move(context).error());
}

Client::~Client() {
  const std::shared_ptr<Servers> servers = std::move(servers_);
  if (servers != nullptr) servers->close();
}

void Client::track(Invalidated invalidated) { invalidated_ = std::move(invalidated); }

bool Client::tracking() const { return servers_ != nullptr && servers_->tracking(); }

Client::Servers* Client::servers() {
  if (servers_ == nullptr && unusable_ == nullptr)
    servers_ = Servers::make({loop_, connector_, options_, tls_, invalidated_});
  return servers_.get();
}

io::Async<Result<Reply>> Client::run(const Command& command, io::WaitLimit limit) {
  Servers* const to = servers();
  return to != nullptr ? to->run(command, limit) : failed<Reply>(*unusable_);
}

io::Async<Result<std::vector<Reply>>> Client::run_all(std::span<const Command> commands,
                                                      io::WaitLimit limit) {
  Servers* const to = servers();
  return to != nullptr ? to->run_all(commands, limit) : failed<std::vector<Reply>>(*unusable_);
}

io::Async<Result<std::vector<Reply>>> Client::run_on_masters(const Command& command,
                                                             io::WaitLimit limit) {
  Servers* const to = servers();
  if (to == nullptr) co_return fail(*unusable_);
  CO_TRY(const auto masters, co_await to->masters(limit));
  std::deque<Node::Call> calls;
  for (const auto& node : masters) calls.emplace_back(*node, command.args, limit);
  co_return co_await Servers::collect(calls);
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

}  // namespace sluice::redis
