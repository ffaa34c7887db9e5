#pragma once
// Accepts connections for one loop. Every loop listens on the same port for itself (SO_REUSEPORT):
// the kernel spreads new connections, and they stay where they were accepted.
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "io/address.h"
#include "io/loop.h"

namespace sluice::io {

class Listener final : private Watcher, private Timer {
 public:
  // Receives the non-blocking socket of a new connection, and owns it from then on. May close the
  // listener, but not destroy it.
  using OnConnection = std::function<void(int fd, const Address& peer)>;

  // `host` is an IPv4 or IPv6 literal, or "localhost"; "::" takes IPv4 too. Port 0 takes any free
  // one. Error: the address is taken or can't be used; it names host and port and says what to do.
  static Result<std::unique_ptr<Listener>> open(Loop& loop, std::string_view host, int port,
                                                OnConnection on_connection);
  // Fails when another process listens there already. SO_REUSEPORT alone would let both in, and
  // requests would go to either.
  static Status check_free(std::string_view host, int port);
  ~Listener() override;

  // Accepts what waits already, then no more.
  void close();
  int port() const { return port_; }

 private:
  Listener(Loop& loop, int fd, int port, OnConnection on_connection);
  void on_events(std::uint32_t events) override;
  void on_timer() override;
  void pause();
  enum class Accepted { one, none, no_resources };
  Accepted accept_one(int listening);

  Loop& loop_;
  int fd_;  // -1 = closed
  int port_;
  OnConnection on_connection_;
};

}  // namespace sluice::io
