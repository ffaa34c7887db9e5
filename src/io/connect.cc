#include "io/connect.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>

#include "io/failure.h"
#include "io/race.h"
#include "io/resolver.h"
#include "io/tunnel.h"

namespace sluice::io {

namespace {

Error with_target(Error error, const Endpoint& endpoint) {
  error.message =
      "can't connect to " + host_and_port(endpoint.host, endpoint.port) + ": " + error.message;
  return error;
}

}  // namespace

Connector::Connector(Loop& loop, std::shared_ptr<const ProxySettings> proxies)
    : loop_(loop), proxies_(std::move(proxies)), resolver_(std::make_unique<Resolver>(loop)) {}

Connector::~Connector() = default;

bool Connector::absolute_form(const Endpoint& endpoint, std::string* authorization) const {
  if (endpoint.tls) return false;
  const ProxySettings::Proxy* proxy = proxy_for(endpoint);
  if (proxy == nullptr) return false;
  if (authorization != nullptr) *authorization = proxy->authorization;
  return true;
}

const ProxySettings::Proxy* Connector::proxy_for(const Endpoint& endpoint) const {
  return proxies_ ? proxies_->proxy_for(endpoint) : nullptr;
}

// A TCP connection; `role` comes before the host in errors.
Async<Result<std::unique_ptr<Stream>>> Connector::open(const Endpoint& endpoint, const char* role,
                                                       WaitLimit limit) {
  CO_TRY(const auto addresses, co_await resolver_->resolve(endpoint.host, endpoint.port, limit));
  const std::string target = role + host_and_port(endpoint.host, endpoint.port);
  CO_TRY(Socket socket, co_await connect_any(loop_, target, addresses, limit));
  auto stream = std::make_unique<Stream>(loop_, socket.take());
  stream->set_deadline(limit.deadline);
  stream->set_cancel(limit.cancel);
  co_return stream;
}

Async<Result<std::unique_ptr<Stream>>> Connector::connect(const Endpoint& endpoint, TlsContext* tls,
                                                          Time deadline, CancelToken* cancel) {
  const WaitLimit limit{.deadline = deadline, .cancel = cancel};
  const ProxySettings::Proxy* proxy = proxy_for(endpoint);
  const Endpoint& first = proxy != nullptr ? proxy->endpoint : endpoint;
  const char* role = proxy != nullptr ? "proxy " : "";
  CO_TRY(auto stream, co_await open(first, role, limit));
  if (proxy != nullptr && endpoint.tls) {
    const Status tunnel = co_await open_tunnel(*stream, *proxy, endpoint);
    if (!tunnel) co_return fail(tunnel.error());
  }
  co_return co_await secure(std::move(stream), endpoint, tls);
}

Async<Result<std::unique_ptr<Stream>>> Connector::connect_directly(const Endpoint& endpoint,
                                                                   TlsContext* tls,
                                                                   WaitLimit limit) {
  CO_TRY(auto stream, co_await open(endpoint, "", limit));
  co_return co_await secure(std::move(stream), endpoint, tls);
}

// The last step of connecting: TLS where it is wanted, and no more limits.
Async<Result<std::unique_ptr<Stream>>> Connector::secure(std::unique_ptr<Stream> stream,
                                                         const Endpoint& endpoint,
                                                         TlsContext* tls) {
  if (endpoint.tls) {
    stream->set_tls(tls->connect_to(endpoint.host, endpoint.port));
    const Status secured = co_await handshake(*stream);
    if (!secured) co_return fail(with_target(secured.error(), endpoint));
  }
  stream->set_deadline(never);
  stream->set_cancel(nullptr);
  co_return stream;
}

// The kernel accepts, or refuses, at once: there is nothing to wait for.
Result<std::unique_ptr<Stream>> Connector::connect_unix(const std::string& path) {
  const auto failure = [&path](int error) {
    return fail(connection_error("can't connect to " + path + ": " + describe_errno(error)));
  };
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (path.size() >= sizeof address.sun_path) return failure(ENAMETOOLONG);
  path.copy(address.sun_path, path.size());
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failure(errno);
  return std::make_unique<Stream>(loop_, socket.take());
}

}  // namespace sluice::io
