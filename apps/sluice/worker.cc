#include "sluice/worker.h"

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
               .snapshot = parts_.snapshot},
      api_(gateway_, *parts_.process),
      server_(loop_, api_, server_options(parts_.snapshot->settings())) {}

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

void Worker::use(std::shared_ptr<const gateway::Snapshot> snapshot) {
  loop_.post([this, snapshot = std::move(snapshot)] {
    gateway_.snapshot = snapshot;
    server_.set_options(server_options(snapshot->settings()));
  });
}

void Worker::drain(std::function<void()> ended) {
  loop_.post([this, ended = std::move(ended)] {
    listener_->close();
    server_.on_drained([this, ended] {
      loop_.stop();
      ended();
    });
    server_.drain();
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace sluice
