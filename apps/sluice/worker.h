#pragma once
// One event loop with everything it owns: connections to providers, the gateway, the HTTP surface
// and a listener. Runs on a thread of its own.
#include <memory>
#include <thread>

#include "api/api.h"
#include "cache/response_cache.h"
#include "embed/models.h"
#include "gateway/flight.h"
#include "gateway/gateway.h"
#include "http/server.h"
#include "io/connect.h"
#include "io/listener.h"

namespace sluice {

class Worker {
 public:
  // What a configuration makes, for all workers.
  struct Serving {
    std::shared_ptr<const gateway::Snapshot> snapshot;
    std::shared_ptr<cache::SharedCache> cache;  // null: none
  };
  struct Parts {
    Serving serving;
    gateway::FlightTable* flights = nullptr;
    embed::Models* models = nullptr;
    std::shared_ptr<const io::ProxySettings> proxies;
    std::shared_ptr<io::TlsContext> tls;  // of the listener; null = plain HTTP
    const api::Process* process = nullptr;
  };
  explicit Worker(Parts parts);
  ~Worker();

  // Before start(). Error as Listener::open has it.
  Status listen(std::string_view host, int port);
  int port() const { return listener_->port(); }
  gateway::Metrics& metrics() { return metrics_; }

  void start();
  // Any thread: requests from now on are answered with this.
  void use(Serving serving);
  // Any thread: accept no more, finish what is in flight, keep the answers, then end the loop.
  void drain();
  void stop() { loop_.stop(); }
  void join();

 private:
  static http::ServerOptions server_options(const Settings& settings);
  std::shared_ptr<cache::ResponseCache> open_cache();

  Parts parts_;
  io::Loop loop_;
  io::Connector connector_;
  http::UpstreamPool upstreams_;
  gateway::AccessLog access_log_;
  gateway::Metrics metrics_;
  gateway::Gateway gateway_;
  api::Api api_;
  http::Server server_;
  std::unique_ptr<io::Listener> listener_;
  std::thread thread_;
};

}  // namespace sluice
