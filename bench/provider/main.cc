// A provider for measurements: answers every POST at once or after a delay, from one epoll thread
// and without allocating per request, so that the gateway in front of it is what costs.
//
//   bench_provider [-p port=9000] [-b reply_bytes=600] [-d delay_ms=0]
//                  [-n events=50] [-i event_interval_ms=20]
//
// A body that holds "stream":true gets text/event-stream: n events, one send each. The content of
// an event is "t" and 19 digits, the CLOCK_MONOTONIC time of its sending in ns: whoever reads it on
// the same machine knows how long it was under way. Anything else gets JSON with content-length.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "replies.h"

namespace bench {
namespace {

// One client. A due entry of an earlier connection with the same fd has another generation.
struct Connection {
  int fd = -1;
  std::uint32_t generation = 0;
  bool busy = false;
  int events_left = -1;  // -1: the answer under way is JSON
  std::string in;
  std::string unsent;
};

struct Due {
  int fd;
  std::uint32_t generation;
};

class Provider {
 public:
  explicit Provider(const Options& options)
      : options_(options),
        replies_(make_replies(options)),
        connections_(max_fd),
        wheel_(wheel_slots) {}

  // Listens on the loopback interface and serves until the process is killed.
  bool listen();
  [[noreturn]] void run();

 private:
  static constexpr std::size_t max_fd = 65536;
  static constexpr std::size_t wheel_slots = 65536;  // of 1 ms

  void watch(int fd, std::uint32_t events) const;
  void accept_all();
  void on_ready(Connection& connection, std::uint32_t events);
  void read(Connection& connection);
  void answer_all(Connection& connection);
  void start_stream(Connection& connection);
  void step(Connection& connection);
  void send_event(Connection& connection);
  void send(Connection& connection, std::string_view bytes);
  void close(Connection& connection);
  void wait(const Connection& connection, int milliseconds);
  void tick();

  Options options_;
  Replies replies_;
  std::vector<Connection> connections_;
  std::vector<std::vector<Due>> wheel_;
  std::uint64_t now_ms_ = 0;
  int listener_ = -1;
  int timer_ = -1;
  int epoll_ = ::epoll_create1(0);
};

bool Provider::listen() {
  const int on = 1;
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, 4096) != 0)
    return false;
  watch(listener_, EPOLLIN);
  timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  const itimerspec every_ms{{0, 1'000'000}, {0, 1'000'000}};
  ::timerfd_settime(timer_, 0, &every_ms, nullptr);
  watch(timer_, EPOLLIN);
  return true;
}

void Provider::run() {
  std::array<epoll_event, 512> ready;
  for (;;) {
    const int count = ::epoll_wait(epoll_, ready.data(), int(ready.size()), -1);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = ready[std::size_t(i)];
      if (event.data.fd == listener_)
        accept_all();
      else if (event.data.fd == timer_)
        tick();
      else
        on_ready(connections_[std::size_t(event.data.fd)], event.events);
    }
  }
}

void Provider::watch(int fd, std::uint32_t events) const {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

void Provider::accept_all() {
  const int on = 1;
  for (int fd; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    if (std::size_t(fd) >= max_fd) {
      ::close(fd);
      continue;
    }
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[std::size_t(fd)].fd = fd;
    watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
  }
}

void Provider::on_ready(Connection& connection, std::uint32_t events) {
  if (connection.fd < 0) return;
  if ((events & EPOLLOUT) != 0 && !connection.unsent.empty()) {
    const std::string unsent = std::exchange(connection.unsent, {});
    send(connection, unsent);
  }
  if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && connection.fd >= 0) read(connection);
}

void Provider::read(Connection& connection) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t count = ::recv(connection.fd, buffer.data(), buffer.size(), 0);
    if (count > 0) connection.in.append(buffer.data(), std::size_t(count));
    if (count == ssize_t(buffer.size())) continue;
    if (count == 0 || (count < 0 && errno != EAGAIN)) return close(connection);
    return answer_all(connection);
  }
}

// Answers the complete requests in hand, up to one whose answer takes time.
void Provider::answer_all(Connection& connection) {
  std::size_t used = 0;
  while (!connection.busy && connection.fd >= 0) {
    const Request request = parse_request(std::string_view(connection.in).substr(used));
    if (request.end == 0) break;
    used += request.end;
    if (request.stream)
      start_stream(connection);
    else if (options_.delay_ms > 0)
      wait(connection, options_.delay_ms), connection.busy = true;
    else
      send(connection, replies_.json);
  }
  connection.in.erase(0, std::min(used, connection.in.size()));
}

void Provider::start_stream(Connection& connection) {
  connection.busy = true;
  connection.events_left = options_.events;
  send(connection, replies_.stream_head);
  wait(connection, options_.delay_ms > 0 ? options_.delay_ms : options_.interval_ms);
}

// The answer under way is due: the JSON, the next event or the end of the stream.
void Provider::step(Connection& connection) {
  if (connection.events_left > 0) return send_event(connection);
  const bool stream = std::exchange(connection.events_left, -1) == 0;
  connection.busy = false;
  send(connection, stream ? replies_.stream_end : replies_.json);
  answer_all(connection);
}

void Provider::send_event(Connection& connection) {
  --connection.events_left;
  auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  for (std::size_t digit = time_digits; digit > 0; now /= 10)
    replies_.event[replies_.time_at + --digit] = char('0' + now % 10);
  send(connection, replies_.event);
  wait(connection, options_.interval_ms);
}

void Provider::send(Connection& connection, std::string_view bytes) {
  if (connection.fd < 0) return;
  if (connection.unsent.empty()) {
    const ssize_t sent = ::send(connection.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return close(connection);
    bytes.remove_prefix(std::size_t(std::max<ssize_t>(sent, 0)));
  }
  connection.unsent += bytes;
}

void Provider::close(Connection& connection) {
  ::close(connection.fd);
  const std::uint32_t next = connection.generation + 1;
  connection = Connection{};
  connection.generation = next;
}

void Provider::wait(const Connection& connection, int milliseconds) {
  const std::uint64_t due = now_ms_ + std::uint64_t(std::max(milliseconds, 1));
  wheel_[due % wheel_slots].push_back({connection.fd, connection.generation});
}

void Provider::tick() {
  std::uint64_t passed = 0;
  if (::read(timer_, &passed, sizeof passed) != ssize_t(sizeof passed)) return;
  for (; passed > 0; --passed) {
    ++now_ms_;
    const std::vector<Due> due = std::exchange(wheel_[now_ms_ % wheel_slots], {});
    for (const Due& entry : due) {
      if (entry.fd < 0) continue;
      Connection& connection = connections_[std::size_t(entry.fd)];
      if (connection.fd == entry.fd && connection.generation == entry.generation) step(connection);
    }
  }
}

bool parse_options(int argc, char** argv, Options& options) {
  for (int option; (option = ::getopt(argc, argv, "p:b:d:n:i:")) != -1;) {
    switch (option) {
      case 'p': options.port = std::atoi(optarg); break;
      case 'b': options.reply_bytes = std::atoi(optarg); break;
      case 'd': options.delay_ms = std::atoi(optarg); break;
      case 'n': options.events = std::atoi(optarg); break;
      case 'i': options.interval_ms = std::atoi(optarg); break;
      default: return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  if (!bench::parse_options(argc, argv, options)) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  bench::Provider provider(options);
  if (!provider.listen()) {
    std::perror("bench_provider: listen");
    return 1;
  }
  provider.run();
}
