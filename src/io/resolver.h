#pragma once
// Finds the addresses of a name through c-ares, on the loop: no threads, no blocking. IP literals
// need no lookup; /etc/hosts counts. One resolver per loop; it outlives all who wait for it.
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/address.h"
#include "io/async.h"
#include "io/pause.h"

struct ares_channeldata;
struct ares_addrinfo;

namespace sluice::io {

class Resolver final : private Timer {
 public:
  struct Options {
    std::string servers;  // "127.0.0.1:53,[::1]:53"; empty = those of /etc/resolv.conf
    std::chrono::milliseconds first_try{2000};  // c-ares doubles it on every further try
  };
  explicit Resolver(Loop& loop) : Resolver(loop, Options{}) {}
  // Throws when c-ares can't start or can't read the servers.
  Resolver(Loop& loop, const Options& options);
  ~Resolver() override;

  // The addresses of `host` with that port, at least one: best first (RFC 6724), the families in
  // turns. Simultaneous lookups of one name share a query; an answer is kept for its TTL, but at
  // least a second and at most a minute.
  Async<Result<std::vector<Address>>> resolve(std::string_view host, int port, WaitLimit limit);

  std::size_t kept_for_test() const { return lookups_.size(); }

 private:
  struct Lookup;
  class Waiter;
  class Socket;

  static void on_socket_state(void* self, int fd, int readable, int writable);
  static void on_answer(void* lookup, int status, int timeouts, ares_addrinfo* answer);
  std::shared_ptr<Lookup> find_or_start(std::string_view host);
  void make_room();
  void process(int readable_fd, int writable_fd);
  void on_timer() override;
  void arm_timer();
  void wake_waiters();

  Loop& loop_;
  ares_channeldata* channel_ = nullptr;
  std::map<int, std::unique_ptr<Socket>> sockets_;
  std::map<std::string, std::shared_ptr<Lookup>, std::less<>> lookups_;  // pending and cached
  std::vector<std::shared_ptr<Lookup>> finished_;  // ended, but their waiters still sleep
};

}  // namespace sluice::io
