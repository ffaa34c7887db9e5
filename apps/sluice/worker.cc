#include "sluice/worker.h"

#include "gateway/remote_embedder.h"

namespace sluice {

Worker::Worker(Parts parts)
    : parts_(std::move(parts)),
      connector_(loop_, parts_.proxies),
      upstreams_(loop_, connector_),
      access_log_(loop_),
      gateway_{.loop = loop_,
               .upstreams = upstreams_,
               .access_log = access_log_,
               .metrics = metrics_,
               .snapshot = parts_.serving.snapshot,
               .flights = *parts_.flights,
               .models = *parts_.models,
               .cache = open_cache()},
      api_(gateway_, *parts_.process),
      server_(loop_, api_, server_options(parts_.serving.snapshot->settings())) {}

Worker::~Worker() { join(); }

http::ServerOptions Worker::server_options(const Settings& settings) {
  return {.max_body = settings.max_request_bytes};
}

Status Worker::listen(std::string_view host, int port) {
  const auto accept = [this](int fd, const io::Address& peer) {
    server_.accept(fd, peer, parts_.tls.get());
  };
  auto listener = io::Listener::open(loop_, host, port, accept);
  if (!listener) return fail(std::move(listener).error());
  listener_ = std::move(*listener);
  return Done{};
}

void Worker::start() {
  thread_ = std::thread([this] { loop_.run(); });
}

std::shared_ptr<cache::ResponseCache> Worker::open_cache() {
  if (parts_.serving.cache == nullptr) return nullptr;
  const SemanticSettings& semantic = parts_.serving.cache->settings().semantic;
  std::shared_ptr<cache::Embedder> embedder;  // null: no model is named
  if (!semantic.vector_model.empty())
    embedder = std::make_shared<gateway::RemoteEmbedder>(gateway_, semantic);
  return std::make_shared<cache::ResponseCache>(parts_.serving.cache, loop_, embedder);
}

void Worker::use(Serving serving) {
  loop_.post([this, serving = std::move(serving)] {
    const bool other_cache = serving.cache != parts_.serving.cache;
    parts_.serving = serving;
    gateway_.snapshot = serving.snapshot;
    if (other_cache) gateway_.cache = open_cache();
    server_.set_options(server_options(serving.snapshot->settings()));
  });
}

void Worker::drain() {
  loop_.post([this] {
    listener_->close();
    // Without connections nobody starts another pilot.
    server_.on_drained([this] { gateway_.pilots.when_none([this] { loop_.stop(); }); });
    server_.drain();
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace sluice
