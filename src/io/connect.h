#pragma once
// Opens connections to providers: name resolution, a race between addresses (RFC 8305: the next one
// starts after 250 ms or when one fails), a forward proxy where the environment asks for one, TLS.
// One Connector per loop.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/async.h"
#include "io/pause.h"
#include "io/stream.h"
#include "io/tls.h"

namespace sluice::io {

// Where a provider lives.
struct Endpoint {
  std::string host;  // name or IP literal, without brackets
  int port = 443;
  bool tls = true;
  bool operator==(const Endpoint&) const = default;
};

// Forward proxies as curl and Python's clients read them: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
// NO_PROXY in lower or upper case. A proxy is an http:// URL, with or without user:password.
struct ProxySettings {
  struct Proxy {
    Endpoint endpoint;
    std::string authorization;  // value of Proxy-Authorization, or empty. Never logged.
  };
  std::optional<Proxy> http, https;
  std::vector<std::string> exempt;  // NO_PROXY: hosts, ".suffixes", IP literals, CIDR blocks, "*"

  // Reads the process environment. Error: names the variable whose value can't be used.
  static Result<ProxySettings> from_environment();
  // The proxy to use for that endpoint; nullptr = go straight.
  const Proxy* proxy_for(const Endpoint& endpoint) const;
};

class Resolver;  // resolver.h

class Connector {
 public:
  // `proxies` may be null: none.
  Connector(Loop& loop, std::shared_ptr<const ProxySettings> proxies);
  ~Connector();

  // A connection ready for HTTP requests. `tls` is needed when endpoint.tls. Through a proxy: an
  // https endpoint is tunnelled by CONNECT; for an http endpoint the connection to the proxy is
  // returned, and requests on it must name the whole URL (absolute_form() says so).
  // The error (code connection or timeout, blame provider) says which host, address and why.
  // `cancel` may be null.
  Async<Result<std::unique_ptr<Stream>>> connect(const Endpoint& endpoint, TlsContext* tls,
                                                 Time deadline, CancelToken* cancel);
  // The same, never through a proxy: for servers that speak something else than HTTP.
  Async<Result<std::unique_ptr<Stream>>> connect_directly(const Endpoint& endpoint, TlsContext* tls,
                                                          WaitLimit limit);
  // A connection to a server on this machine. Error: says which path, and why.
  Result<std::unique_ptr<Stream>> connect_unix(const std::string& path);
  // Requests to that endpoint go through a proxy in absolute form; `authorization` (may be null)
  // receives the Proxy-Authorization value to send with each.
  bool absolute_form(const Endpoint& endpoint, std::string* authorization) const;

 private:
  const ProxySettings::Proxy* proxy_for(const Endpoint& endpoint) const;
  Async<Result<std::unique_ptr<Stream>>> open(const Endpoint& endpoint, const char* role,
                                              WaitLimit limit);
  static Async<Result<std::unique_ptr<Stream>>> secure(std::unique_ptr<Stream> stream,
                                                       const Endpoint& endpoint, TlsContext* tls);

  Loop& loop_;
  std::shared_ptr<const ProxySettings> proxies_;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace sluice::io
