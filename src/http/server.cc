#include "http/server.h"

#include <algorithm>

#include "http/chunked.h"

namespace sluice::http {

using io::IoError;
using io::Received;

struct Server::Connection {
  io::Stream client;
  io::Address peer;
  std::string ahead;  // bytes that arrived after the current request
  bool idle = false;  // waits for a request's first byte
  Connection* prev = nullptr;
  Connection* next = nullptr;
};

Server::Server(io::Loop& loop, Handler& handler, ServerOptions options)
    : loop_(loop), handler_(handler), options_(options) {}

Server::~Server() = default;

void Server::accept(int fd, const io::Address& peer, io::TlsContext* tls) { serve(fd, peer, tls); }

void Server::drain() {
  draining_ = true;
  for (Connection* each = first_; each != nullptr; each = each->next) {
    if (each->idle) each->client.set_deadline(loop_.now());
  }
  if (count_ == 0 && drained_) drained_();
}

void Server::link(Connection& connection) {
  count_++;
  connection.next = first_;
  if (first_ != nullptr) first_->prev = &connection;
  first_ = &connection;
}

void Server::unlink(Connection& connection) {
  (connection.prev != nullptr ? connection.prev->next : first_) = connection.next;
  if (connection.next != nullptr) connection.next->prev = connection.prev;
  count_--;
}

io::Detached Server::serve(int fd, io::Address peer, io::TlsContext* tls) {
  {
    Connection connection{.client = io::Stream(loop_, fd), .peer = peer};
    link(connection);
    co_await serve_requests(connection, tls);
    unlink(connection);
  }
  if (draining_ && count_ == 0 && drained_) drained_();
}

io::Async<Done> Server::serve_requests(Connection& connection, io::TlsContext* tls) {
  if (tls != nullptr) {
    connection.client.set_tls(tls->accept());
    connection.client.set_deadline(loop_.now() + options_.head_timeout);
    const Status shaken = co_await io::handshake(connection.client);
    if (!shaken) co_return Done{};
  }
  for (bool more = true; more;) more = co_await serve_one(connection);
  co_return Done{};
}

// A large request's buffer is made for its whole body at once, instead of being copied as it grows.
static void reserve_for_body(std::string_view beginning, Request& request) {
  constexpr std::size_t large = 16 * 1024, most_at_once = 4u << 20;
  if (beginning.size() < large) return;
  if (parse_request_head(beginning, request.head) == Parse::complete)
    request.bytes.reserve(std::min(request.head.size + request.head.length, most_at_once));
}

// Reads and answers one request. False = the connection is to be closed.
io::Async<bool> Server::serve_one(Connection& connection) {
  Received first;
  if (connection.ahead.empty()) {
    connection.idle = true;
    connection.client.set_deadline(draining_ ? loop_.now() : loop_.now() + options_.idle_timeout);
    first = co_await connection.client.recv();
    connection.idle = false;
    if (first.error != IoError::none) co_return false;
  }
  // Taken only now: an idle connection holds no buffers.
  Recycled<Request> request;
  reserve_for_body({first.data, first.size}, *request);
  request->bytes.append(connection.ahead).append(first.data, first.size);
  std::string().swap(connection.ahead);
  const bool whole = co_await read_request(connection, *request);
  if (!whole) co_return false;

  connection.client.set_deadline(io::never);
  io::CancelToken cancel;
  request->cancel = &cancel;
  connection.client.cancel_on_hangup(&cancel);
  ResponseWriter out(connection.client, request->head, draining_);
  co_await handler_.handle(*request, out);
  connection.client.cancel_on_hangup(nullptr);
  if (!out.finished()) connection.client.reset_on_close();
  co_return out.keeps_connection();
}

io::Async<bool> Server::read_request(Connection& connection, Request& request) {
  request.arrived = loop_.now();
  request.peer = &connection.peer;
  const bool has_head = co_await read_head(connection, request);
  if (!has_head) co_return false;
  if (request.head.expect_other)
    co_return co_await refuse(connection, 417, "the only expectation that is met is 100-continue");
  if (request.head.length > options_.max_body) co_return co_await refuse_large(connection);
  if (request.head.chunked) co_return co_await read_chunked_body(connection, request);
  co_return co_await read_body(connection, request);
}

io::Async<bool> Server::read_head(Connection& connection, Request& request) {
  connection.client.set_deadline(request.arrived + options_.head_timeout);
  for (;;) {
    // RFC 9112 2.2: empty lines before a request line are skipped.
    while (request.bytes.starts_with("\r\n")) request.bytes.erase(0, 2);
    const bool half_line = request.bytes == "\r";
    switch (half_line ? Parse::incomplete : parse_request_head(request.bytes, request.head)) {
      case Parse::complete: co_return true;
      case Parse::malformed:
        co_return co_await refuse(connection, 400, "the request is not valid HTTP/1.1");
      case Parse::too_large:
        co_return co_await refuse(connection, 431, "the request's head is too large");
      case Parse::incomplete: break;
    }
    // Parse again only when a line has ended, so that byte-wise senders cost no more than others.
    for (bool line_ended = false; !line_ended && request.bytes.size() < max_head_bytes;) {
      const Received more = co_await connection.client.recv();
      if (more.error == IoError::timeout)
        co_return co_await refuse(connection, 408, "the request's head took too long");
      if (more.error != IoError::none) co_return false;
      request.bytes.append(more.data, more.size);
      line_ended = std::string_view(more.data, more.size).find('\n') != std::string_view::npos;
    }
  }
}

io::Async<bool> Server::read_body(Connection& connection, Request& request) {
  const std::size_t whole = request.head.size + request.head.length;
  if (request.bytes.size() > whole) {
    connection.ahead.assign(request.bytes, whole);
    request.bytes.resize(whole);
  }
  if (request.bytes.size() == whole) co_return true;
  const bool invited = co_await invite_body(connection, request);
  if (!invited) co_return false;
  // Large bodies are read straight into their place. The head's views must survive that: only grow.
  std::size_t have = request.bytes.size();
  const char* before = request.bytes.data();
  // (libstdc++ 12 tells the callback the capacity instead of the size: say the size ourselves.)
  request.bytes.resize_and_overwrite(whole, [whole](char*, std::size_t) { return whole; });
  if (request.bytes.data() != before) (void)parse_request_head(request.bytes, request.head);
  while (have < whole) {
    connection.client.set_deadline(loop_.now() + options_.body_timeout);
    const Received more =
        co_await connection.client.recv_into(request.bytes.data() + have, whole - have);
    if (more.error == IoError::timeout)
      co_return co_await refuse(connection, 408, "the request's body took too long");
    if (more.error != IoError::none) co_return false;
    have += more.size;
  }
  co_return true;
}

io::Async<bool> Server::read_chunked_body(Connection& connection, Request& request) {
  std::string wire_bytes(request.bytes, request.head.size);
  request.bytes.resize(request.head.size);
  if (wire_bytes.empty()) {
    const bool invited = co_await invite_body(connection, request);
    if (!invited) co_return false;
  }
  ChunkDecoder decoder;
  std::string body;
  std::string_view wire = wire_bytes, data;
  for (;;) {
    ChunkDecoder::Step step = decoder.next(wire, data);
    for (; step == ChunkDecoder::Step::data; step = decoder.next(wire, data)) {
      if (body.size() + data.size() > options_.max_body)
        co_return co_await refuse_large(connection);
      body.append(data);
    }
    if (step == ChunkDecoder::Step::malformed)
      co_return co_await refuse(connection, 400, "the request's chunked body is malformed");
    if (step == ChunkDecoder::Step::done) break;
    connection.client.set_deadline(loop_.now() + options_.body_timeout);
    const Received more = co_await connection.client.recv();
    if (more.error == IoError::timeout)
      co_return co_await refuse(connection, 408, "the request's body took too long");
    if (more.error != IoError::none) co_return false;
    wire = {more.data, more.size};
  }
  connection.ahead.assign(wire);
  request.bytes.append(body);
  (void)parse_request_head(request.bytes, request.head);  // the views followed the buffer
  co_return true;
}

// Sends 100 Continue to a client that waits for it.
io::Async<bool> Server::invite_body(Connection& connection, const Request& request) {
  if (!request.head.expect_continue || request.head.minor == 0) co_return true;
  const IoError sent = co_await connection.client.send({"HTTP/1.1 100 Continue\r\n\r\n"});
  co_return sent == IoError::none;
}

io::Async<bool> Server::refuse_large(Connection& connection) {
  const std::string message = "the request's body is larger than " +
                              std::to_string(options_.max_body >> 20) +
                              " MB (general_settings.max_request_size_mb)";
  co_return co_await refuse(connection, 413, message);
}

// Answers a request that can't be served and ends the connection, in order: the answer must not be
// lost to a reset because the client was still sending.
io::Async<bool> Server::refuse(Connection& connection, int status, std::string_view message) {
  const std::string body = handler_.protocol_error(status, message);
  HeaderBlock headers;
  headers.add("content-type", "application/json");
  const Head none;
  ResponseWriter out(connection.client, none, true);
  connection.client.set_deadline(loop_.now() + std::chrono::seconds(2));
  const IoError sent = co_await out.send(status, headers, body);
  if (sent != IoError::none) co_return false;
  connection.client.shut_send();
  for (std::size_t ignored = 0; ignored < 256u << 20;) {
    const Received more = co_await connection.client.recv();
    if (more.error != IoError::none) break;
    ignored += more.size;
  }
  co_return false;
}

}  // namespace sluice::http
