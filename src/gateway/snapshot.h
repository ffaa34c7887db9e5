#pragma once
// Everything a request only reads: settings, routes and the router made from them. Built whole from
// a configuration, then immutable; a reload makes a new one, and requests in flight keep theirs.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "gateway/call.h"
#include "http/upstream.h"
#include "model/settings.h"
#include "router/router.h"

namespace sluice::gateway {

// How to call one deployment: where, and the request head up to Content-Length.
struct Route {
  const Deployment* deployment = nullptr;
  provider::BaseUrl base;
  http::Origin origin;
  std::string absolute_prefix;  // "http://host:port" when a forward proxy wants whole URLs
  std::string header_lines;     // Host, key, content type, extra headers: each with CRLF
  std::array<std::string, 3>
      heads;  // per Endpoint: request line and header_lines; "" = made per call

  std::string reply_lines;  // header lines of every answer of this deployment

  // The request line for a model; the error says that the provider lacks the endpoint.
  Result<std::string> request_line(Endpoint endpoint, std::string_view model) const;
};

// A route made for one request, with the client's key or address instead of the deployment's.
struct ClientRoute {
  Deployment deployment;
  Route route;
};

// TLS contexts by trust settings. Lives as long as the process, so that sessions and certificate
// stores survive a reload.
class TrustStore {
 public:
  Result<std::shared_ptr<io::TlsContext>> context(bool verify, const std::string& ca_file);

 private:
  std::map<std::pair<bool, std::string>, std::shared_ptr<io::TlsContext>> contexts_;
};

class Snapshot : public std::enable_shared_from_this<Snapshot> {
 public:
  // The error names the deployment whose address or CA file can't be used. `proxies` must outlive
  // the snapshot.
  static Result<std::shared_ptr<const Snapshot>> make(Settings settings,
                                                      router::HealthTable& health,
                                                      TrustStore& trust,
                                                      const io::ProxySettings& proxies);
  Snapshot(const Snapshot&) = delete;

  const Settings& settings() const { return settings_; }
  const router::Router& router() const { return router_; }
  const Route& route(router::DeploymentIndex index) const { return routes_[index]; }
  // What the semantic cache's embedding model is asked through: this one, or one that has the
  // model alone, where it is none of the model_list.
  std::shared_ptr<const Snapshot> for_embeddings() const {
    return embeddings_ == nullptr ? shared_from_this() : embeddings_;
  }
  // For a call that brings credentials of its own. A deployment's key is never sent to an address
  // that the client named. Error: that address is none.
  Result<std::unique_ptr<ClientRoute>> client_route(router::DeploymentIndex index,
                                                    const Call& call) const;

 private:
  Snapshot(Settings settings, router::HealthTable& health);

  Settings settings_;
  router::Router router_;
  const io::ProxySettings* proxies_ = nullptr;
  std::shared_ptr<io::TlsContext> client_tls_;  // for addresses of clients, where those are allowed
  std::vector<Route> routes_;                   // parallel to settings_.deployments
  std::shared_ptr<const Snapshot> embeddings_;  // null: none of its own
};

}  // namespace sluice::gateway
