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

constexpr int backlog = 4096;       // the kernel caps it at net.core.somaxconn
constexpr int most_per_event = 64;  // then others get their turn
// Out of descriptors or memory, the connections stay in the queue and would wake us at once again.
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

bool is_any_v6(const Address& address) {
  return address.family() == AF_INET6 &&
         IN6_IS_ADDR_UNSPECIFIED(&reinterpret_cast<const sockaddr_in6&>(address.storage).sin6_addr);
}

// A bound socket; -1 and errno when that fails.
int bind_socket(const Address& address, bool share) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1, off = 0;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (share) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (is_any_v6(address)) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
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

// An IPv4 peer of a socket for both families comes as ::ffff:1.2.3.4; nobody wants to read that.
void unmap(Address& peer) {
  if (peer.family() != AF_INET6) return;
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer.storage);
  if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) return;
  const std::string text = peer.text();
  if (const auto plain = Address::from_literal(text.substr(text.rfind(':') + 1), peer.port()))
    peer = *plain;
}

// Errors of a connection that broke while it waited (accept(2), "Error handling"): on to the next.
bool befell_one_connection(int error) {
  switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPERM:
    case EPROTO:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET: return true;
    default: return false;
  }
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
  loop_.forget(fd_, *this);
  disarm();
  const int last = std::exchange(fd_, -1);
  for (int i = 0; i < backlog && accept_one(last) == Accepted::one; i++) {
  }
  ::close(last);
}

void Listener::on_events(std::uint32_t) {
  for (int i = 0; i < most_per_event && fd_ >= 0; i++) {
    const Accepted result = accept_one(fd_);
    if (result == Accepted::none) return;
    if (result == Accepted::no_resources) return pause();
  }
}

void Listener::pause() {
  loop_.rewatch(fd_, 0, *this);
  loop_.arm(*this, loop_.now() + pause_when_full);
}

void Listener::on_timer() { loop_.rewatch(fd_, EPOLLIN, *this); }

Listener::Accepted Listener::accept_one(int listening) {
  Address peer;
  for (;;) {
    peer.size = sizeof peer.storage;
    const int fd = ::accept4(listening, reinterpret_cast<sockaddr*>(&peer.storage), &peer.size,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      unmap(peer);
      on_connection_(fd, peer);
      return Accepted::one;
    }
    if (errno == EAGAIN) return Accepted::none;
    if (!befell_one_connection(errno)) return Accepted::no_resources;
  }
}

}  // namespace sluice::io
