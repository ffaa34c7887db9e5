#pragma once
// The HTTP/1.1 server of one loop: one coroutine per connection, keep-alive, safe pipelining
// (answers in order, one request at a time), Expect: 100-continue, bounds on head, body and idle
// time, and a graceful end. Protocol errors are answered and the connection closes.
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "http/recycled.h"
#include "http/request.h"
#include "http/response_writer.h"
#include "io/async.h"
#include "io/stream.h"
#include "io/tls.h"

namespace sluice::http {

// Answers requests. Must write one response per call; one that it leaves unfinished is cut, so that
// the client sees the truncation.
class Handler {
 public:
  virtual io::Async<Done> handle(Request& request, ResponseWriter& out) = 0;
  // The body (JSON) for a request that never became one: status and what was wrong.
  virtual std::string protocol_error(int status, std::string_view message) = 0;

 protected:
  ~Handler() = default;
};

struct ServerOptions {
  std::size_t max_body = 100u << 20;      // bytes
  std::chrono::seconds head_timeout{15};  // first byte to the end of the head
  std::chrono::seconds body_timeout{60};  // between two pieces of a body
  std::chrono::seconds idle_timeout{75};  // between two requests
};

class Server {
 public:
  Server(io::Loop& loop, Handler& handler, ServerOptions options);
  ~Server();

  // Serves a fresh connection. `tls` null: plain HTTP.
  void accept(int fd, const io::Address& peer, io::TlsContext* tls);
  // Idle connections close now, the others after their response.
  void drain();
  // Called when the last connection has gone while draining.
  void on_drained(std::function<void()> callback) { drained_ = std::move(callback); }
  // Options for connections accepted from now on and requests that begin from now on.
  void set_options(ServerOptions options) { options_ = options; }

 private:
  struct Connection;
  io::Detached serve(int fd, io::Address peer, io::TlsContext* tls);
  io::Async<Done> serve_requests(Connection& connection, io::TlsContext* tls);
  io::Async<bool> serve_one(Connection& connection);
  // True when a whole request is there; false = the connection is over (answered if need be).
  io::Async<bool> read_request(Connection& connection, Request& request);
  io::Async<bool> read_head(Connection& connection, Request& request);
  io::Async<bool> read_body(Connection& connection, Request& request);
  io::Async<bool> read_chunked_body(Connection& connection, Request& request);
  io::Async<bool> invite_body(Connection& connection, const Request& request);
  io::Async<bool> refuse_large(Connection& connection);
  io::Async<bool> refuse(Connection& connection, int status, std::string_view message);
  void link(Connection& connection);
  void unlink(Connection& connection);

  io::Loop& loop_;
  Handler& handler_;
  ServerOptions options_;
  bool draining_ = false;
  std::size_t count_ = 0;
  Connection* first_ = nullptr;  // all connections, for drain()
  std::function<void()> drained_;
};

}  // namespace sluice::http
