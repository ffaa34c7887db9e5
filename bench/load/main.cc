// Asks a gateway on this machine over HTTP/1.1, from one epoll thread.
//
//   bench_load -p port [-c connections=64] [-w warmup_s=1] [-t seconds=5] [-r rate] [-n requests]
//              [-b body_bytes=600] [-s] [-u path=/v1/chat/completions] [-k bearer_key]
//              [-q questions] [-z exponent | -o | -a]
//
// Without -r the loop is closed: each connection has one request in flight. With it requests go out
// by the clock and latency counts from the time one was due, so that a stall of the server is not
// hidden. -s asks for a stream, counts its events and how long each was under way.
//
// -q asks so many different questions, of the same length, drawn evenly; with -z by Zipf's law,
// with -o one after the other, so that -n can ask each once. -a writes a single one of them in so
// many ways, by capitals: what a semantic cache takes for the same and an exact one does not.
//
// Prints "measuring" when the warm-up is over and one line of JSON at the end; then it keeps its
// connections until standard input ends, so that the caller can look at the server's memory.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "event_meter.h"
#include "histogram.h"
#include "options.h"
#include "questions.h"
#include "reply_reader.h"

namespace bench {
namespace {

using Nanoseconds = std::uint64_t;

Nanoseconds now() {
  return Nanoseconds(std::chrono::steady_clock::now().time_since_epoch().count());
}

Nanoseconds from_seconds(double seconds) { return Nanoseconds(seconds * 1e9); }

struct Connection {
  int fd = -1;
  bool connected = false;
  bool busy = false;
  Nanoseconds due = 0;
  std::uint32_t question = 0;
  std::size_t sent = 0;
  ReplyReader reader;
  char last = 0;  // byte of the stream
};

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options),
        request_(options),
        draw_(options),
        connections_(std::size_t(options.connections)),
        buffer_(262144) {}

  void run();
  void report() const;

 private:
  // A server that refuses everything must not keep the generator busy for ever.
  static constexpr std::uint64_t max_errors = 100'000;

  void open(Connection& connection);
  void reopen(Connection& connection);
  void start_measuring();
  bool is_over(Nanoseconds time) const;
  timespec start_due_requests();
  void on_ready(Connection& connection, std::uint32_t events);
  void on_free(Connection& connection);
  void start(Connection& connection, Nanoseconds due);
  void send(Connection& connection);
  void read(Connection& connection);
  void finish(Connection& connection, Nanoseconds time);

  Options options_;
  Request request_;
  Draw draw_;
  std::vector<Connection> connections_;
  std::vector<Connection*> free_;    // open loop: nothing in flight
  std::deque<Nanoseconds> waiting_;  // open loop: due, but no connection was free
  double next_due_ = 0;
  std::vector<char> buffer_;
  std::string payload_;
  int epoll_ = ::epoll_create1(0);

  bool measuring_ = false;
  Nanoseconds measured_from_ = 0;
  Nanoseconds measured_to_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t refused_ = 0;  // replies whose status is not 200
  std::uint64_t cached_ = 0;   // replies that Sluice says come from its cache
  std::uint64_t errors_ = 0;   // requests lost, replies that are not HTTP
  Histogram latencies_;
  EventMeter meter_;
};

void Load::run() {
  for (Connection& connection : connections_) open(connection);
  const Nanoseconds begin = now();
  const Nanoseconds measure_at = begin + from_seconds(options_.warmup_seconds);
  next_due_ = double(begin + from_seconds(0.05));  // once the connections stand
  std::array<epoll_event, 1024> ready;
  for (Nanoseconds time = begin; !is_over(time); time = now()) {
    if (!measuring_ && time >= measure_at) start_measuring();
    const timespec pause = start_due_requests();
    const int count = ::epoll_pwait2(epoll_, ready.data(), int(ready.size()), &pause, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = ready[std::size_t(i)];
      on_ready(*static_cast<Connection*>(event.data.ptr), event.events);
    }
  }
  measured_to_ = now();
}

void Load::open(Connection& connection) {
  const int on = 1;
  connection = Connection{};
  connection.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::uint16_t(options_.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLET;
  event.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
}

// A server may close a connection that has nothing in flight; losing any other is an error.
void Load::reopen(Connection& connection) {
  std::erase(free_, &connection);
  errors_ += connection.busy || !connection.connected ? 1 : 0;
  if (errors_ > max_errors) {
    std::fputs("bench_load: the server keeps failing, giving up\n", stderr);
    std::exit(3);
  }
  ::close(connection.fd);
  open(connection);
}

void Load::start_measuring() {
  measuring_ = true;
  errors_ = 0;
  std::puts("measuring");
  std::fflush(stdout);
  measured_from_ = now();
}

bool Load::is_over(Nanoseconds time) const {
  if (options_.requests > 0 && done_ >= options_.requests) return true;
  return measuring_ && time >= measured_from_ + from_seconds(options_.seconds);
}

// Sends what is due by now; returns how long to wait for events.
timespec Load::start_due_requests() {
  constexpr double longest = 50e6;  // ns, so that the ends of warm-up and run are seen in time
  if (options_.rate <= 0) return {0, long(longest)};
  for (; next_due_ <= double(now()); next_due_ += 1e9 / options_.rate) {
    if (free_.empty()) {
      waiting_.push_back(Nanoseconds(next_due_));
    } else {
      Connection* connection = free_.back();
      free_.pop_back();
      start(*connection, Nanoseconds(next_due_));
    }
  }
  return {0, long(std::clamp(next_due_ - double(now()), 0.0, longest))};
}

void Load::on_ready(Connection& connection, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return reopen(connection);
  if (!connection.connected && (events & EPOLLOUT) != 0) {
    connection.connected = true;
    return on_free(connection);
  }
  if (connection.busy && connection.sent < request_.size() && (events & EPOLLOUT) != 0)
    send(connection);
  if ((events & EPOLLIN) != 0) read(connection);
}

void Load::on_free(Connection& connection) {
  if (options_.rate <= 0) return start(connection, now());
  if (waiting_.empty()) return free_.push_back(&connection);
  const Nanoseconds due = waiting_.front();
  waiting_.pop_front();
  start(connection, due);
}

void Load::start(Connection& connection, Nanoseconds due) {
  connection.busy = true;
  connection.due = due;
  connection.question = draw_.next();
  connection.sent = 0;
  connection.last = 0;
  send(connection);
}

void Load::send(Connection& connection) {
  const std::string_view request = request_.asking(connection.question);
  while (connection.sent < request.size()) {
    const std::string_view rest = request.substr(connection.sent);
    const ssize_t sent = ::send(connection.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0) return reopen(connection);
    connection.sent += std::size_t(sent);
  }
}

void Load::read(Connection& connection) {
  ssize_t count = 0;
  do {
    count = ::recv(connection.fd, buffer_.data(), buffer_.size(), 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0 || !connection.busy) return reopen(connection);
    const Nanoseconds time = now();
    payload_.clear();
    const ReplyReader::Result result = connection.reader.feed(
        {buffer_.data(), std::size_t(count)}, options_.stream ? &payload_ : nullptr);
    if (measuring_) meter_.add(payload_, connection.last, time);
    if (!payload_.empty()) connection.last = payload_.back();
    if (result == ReplyReader::Result::bad) return reopen(connection);
    if (result == ReplyReader::Result::done) return finish(connection, time);
  } while (count == ssize_t(buffer_.size()));
}

void Load::finish(Connection& connection, Nanoseconds time) {
  if (measuring_) {
    ++done_;
    refused_ += connection.reader.status() == 200 ? 0 : 1;
    cached_ += connection.reader.is_cached() ? 1 : 0;
    latencies_.add(time - connection.due);
  }
  connection.busy = false;
  on_free(connection);
}

void Load::report() const {
  std::printf(R"({"seconds":%.4f,"done":%llu,"refused":%llu,"cached":%llu,"errors":%llu,)"
              R"("latency_us":{"p50":%.1f,"p99":%.1f},)"
              R"("events":%llu,"event_delay_us":{"p50":%.1f,"p99":%.1f}})"
              "\n",
              double(measured_to_ - measured_from_) / 1e9, static_cast<unsigned long long>(done_),
              static_cast<unsigned long long>(refused_), static_cast<unsigned long long>(cached_),
              static_cast<unsigned long long>(errors_), latencies_.microseconds(0.5),
              latencies_.microseconds(0.99), static_cast<unsigned long long>(meter_.events()),
              meter_.delays().microseconds(0.5), meter_.delays().microseconds(0.99));
  std::fflush(stdout);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  if (!bench::parse_options(argc, argv, options)) return 2;
  ::prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);  // ns: a due request goes out on time
  bench::Load load(options);
  load.run();
  load.report();
  while (std::getchar() != EOF) continue;
}
