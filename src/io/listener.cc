#include "io/listener.h"

#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "io/failure.h"

namespace sluice::io {

namespace {

constexpr int backlog = 4096;
constexpr int most_per_event = 64;  // then others get their turn
constexpr std::chrono::milliseconds pause_when_full{100};

Error listen_error(std::string_view host, int port, int error) {
  std::string message =
      "can't listen on " + host_and_port(host, port) + ": " + describe_errno(error) + ".";
  if (error == EADDRINUSE)
    message += " Stop what listens there, or choose another port with --port.";
  if (error == EACCES) message += " Ports below 1024 need privileges: choose another with --port.";
  if (error == EADDRNOTAVAIL) message += " No interface of this machine has that address (--host).";
  return gateway_error(std::move(message));
}

// A bound socket; -1 and errno when that fails.
int bind_socket(const Address& address, bool share) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int one = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (share) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (::bind(fd, address.get(), address.size) == 0) return fd;
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

Result<Address> parse_host(std::string_view host, int port) {
  if (port < 0 || port > 65535)
    return fail(gateway_error("can't listen on port " + std::to_string(port) +
                              ": --port takes 1 to 65535."));
  const auto address = Address::from_literal(host == "localhost" ? "127.0.0.1" : host, port);
  if (address) return *address;
  return fail(gateway_error("can't listen on `" + std::string(host) +
                            "`: --host takes an IP address such as 0.0.0.0, 127.0.0.1 or ::."));
}

}  // namespace

Status Listener::check_free(std::string_view host, int port) {
  TRY(const Address address, parse_host(host, port));
  if (port == 0) return Done{};
  const int fd = bind_socket(address, false);
  if (fd < 0) return fail(listen_error(host, port, errno));
  ::close(fd);
  return Done{};
}

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, std::string_view host, int port,
                                                 OnConnection on_connection) {
  TRY(const Address address, parse_host(host, port));
  const int fd = bind_socket(address, true);
  if (fd < 0) return fail(listen_error(host, port, errno));
  if (::listen(fd, backlog) != 0) {
    const int error = errno;
    ::close(fd);
    return fail(listen_error(host, port, error));
  }
  Address bound;
  bound.size = sizeof bound.storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
  return std::unique_ptr<Listener>(new Listener(loop, fd, bound.port(), std::move(on_connection)));
}

Listener::Listener(Loop& loop, int fd, int port, OnConnection on_connection)
    : loop_(loop), fd_(fd), port_(port), on_connection_(std::move(on_connection)) {
  loop_.watch(fd_, EPOLLIN, *this);  // level triggered: what a bounded batch leaves comes again
}

Listener::~Listener() {
  if (fd_ < 0) return;
  loop_.forget(fd_, *this);
  ::close(fd_);
}

void Listener::close() {
  if (fd_ < 0) return;
  accept_some();
  loop_.forget(fd_, *this);
  ::close(fd_);
  fd_ = -1;
}

void Listener::on_events(std::uint32_t) { accept_some(); }

void Listener::accept_some() {
  if (fd_ < 0) return;
  for (int i = 0; i < most_per_event; i++) {
    Address peer;
    peer.size = sizeof peer.storage;
    const int fd = ::accept4(fd_, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      on_connection_(fd, peer);
      continue;
    }
    // Out of descriptors: stop asking for a moment instead of being woken without end.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      paused_ = true;
      loop_.rewatch(fd_, 0, *this);
      loop_.arm(*this, loop_.now() + pause_when_full);
      return;
    }
    if (errno != ECONNABORTED && errno != EINTR) break;
  }
  if (std::exchange(paused_, false)) loop_.rewatch(fd_, EPOLLIN, *this);
}

}  // namespace sluice::io
