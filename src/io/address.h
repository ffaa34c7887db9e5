#pragma once
// One socket address, IPv4 or IPv6.
#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>

namespace sluice::io {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  // The address as text, without the port ("127.0.0.1", "::1").
  std::string text() const;
  int port() const;
  void set_port(int port);
  // From an IP literal ("127.0.0.1", "::1", "[::1]"); nothing for a name.
  static std::optional<Address> from_literal(std::string_view literal, int port);
};

}  // namespace sluice::io
