#include "io/race.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "io/failure.h"

namespace sluice::io {

Socket& Socket::operator=(Socket&& other) noexcept {
  if (this == &other) return *this;
  if (fd_ >= 0) ::close(fd_);
  fd_ = other.take();
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

int Socket::take() { return std::exchange(fd_, -1); }

namespace {

constexpr Duration head_start = std::chrono::milliseconds(250);  // RFC 8305 section 8
constexpr std::size_t most_listed = 4;                           // addresses in one message

class Race;

// One connection being opened.
class Attempt final : public Watcher {
 public:
  Attempt(Race& race, Loop& loop, const Address& address)
      : race_(race), loop_(loop), address_(address) {}
  Attempt(const Attempt&) = delete;
  ~Attempt() { forget(); }

  enum class State { connecting, connected, failed };
  void start();
  State state() const { return state_; }
  Socket take_socket() { return std::move(socket_); }
  // Why there is no connection; with the address, unless the target is that address.
  std::string report(std::string_view target) const;

 private:
  void on_events(std::uint32_t events) override;
  void forget();
  void end(int error);

  Race& race_;
  Loop& loop_;
  const Address& address_;
  Socket socket_;
  bool watched_ = false;
  State state_ = State::connecting;
  int error_ = 0;
};

// All attempts, and the coroutine that waits for the first success.
class Race {
 public:
  Race(Loop& loop, std::span<const Address> addresses, WaitLimit limit)
      : pause(loop, limit), loop_(loop), addresses_(addresses), next_start_(loop.now()) {}

  // Starts the attempts whose time has come.
  void start_due();
  // The attempt that connected, if any.
  Attempt* winner() const;
  bool is_lost() const;
  // When start_due() has work again, if no attempt ends before.
  Time next_start() const { return attempts_.size() < addresses_.size() ? next_start_ : never; }
  void attempt_ended() {
    next_start_ = loop_.now();
    pause.wake();
  }
  std::string report(std::string_view target) const;

  Pause pause;

 private:
  Loop& loop_;
  std::span<const Address> addresses_;
  Time next_start_;
  std::vector<std::unique_ptr<Attempt>> attempts_;
};

void Attempt::start() {
  socket_ = Socket(::socket(address_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket_.fd() < 0) return end(errno);
  if (::connect(socket_.fd(), address_.get(), address_.size) == 0) return end(0);
  if (errno != EINPROGRESS) return end(errno);
  loop_.watch(socket_.fd(), EPOLLOUT | EPOLLET, *this);
  watched_ = true;
}

void Attempt::end(int error) {
  forget();
  error_ = error;
  state_ = error == 0 ? State::connected : State::failed;
  if (error != 0) socket_ = Socket();
}

void Attempt::forget() {
  if (std::exchange(watched_, false)) loop_.forget(socket_.fd(), *this);
}

// The race may be over, and this attempt gone, when attempt_ended() returns.
void Attempt::on_events(std::uint32_t) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket_.fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
  end(error);
  race_.attempt_ended();
}

std::string Attempt::report(std::string_view target) const {
  const std::string why = state_ == State::failed ? describe_errno(error_) : "no answer";
  const std::string address = address_.text();
  return target.find(address) == target.npos ? address + ": " + why : why;
}

void Race::start_due() {
  while (winner() == nullptr && next_start() <= loop_.now()) {
    auto attempt = std::make_unique<Attempt>(*this, loop_, addresses_[attempts_.size()]);
    attempt->start();
    if (attempt->state() == Attempt::State::connecting) next_start_ = loop_.now() + head_start;
    attempts_.push_back(std::move(attempt));
  }
}

Attempt* Race::winner() const {
  const auto found = std::ranges::find(attempts_, Attempt::State::connected,
                                       [](const auto& attempt) { return attempt->state(); });
  return found == attempts_.end() ? nullptr : found->get();
}

bool Race::is_lost() const {
  return attempts_.size() == addresses_.size() &&
         std::ranges::all_of(attempts_, [](const auto& attempt) {
           return attempt->state() == Attempt::State::failed;
         });
}

std::string Race::report(std::string_view target) const {
  std::string text;
  for (std::size_t i = 0; i < attempts_.size() && i < most_listed; i++)
    text += (i == 0 ? "" : "; ") + attempts_[i]->report(target);
  if (attempts_.size() > most_listed)
    text += "; and " + std::to_string(attempts_.size() - most_listed) + " more";
  return text;
}

std::string cannot_connect(std::string_view target, std::string_view why) {
  return "can't connect to " + std::string(target) + ": " + std::string(why);
}

}  // namespace

Async<Result<Socket>> connect_any(Loop& loop, std::string_view target,
                                  std::span<const Address> addresses, WaitLimit limit) {
  Race race(loop, addresses, limit);
  for (;;) {
    race.start_due();
    if (Attempt* winner = race.winner()) co_return winner->take_socket();
    if (race.is_lost())
      co_return fail(connection_error(cannot_connect(target, race.report(target))));
    race.pause.set_due(std::min(limit.deadline, race.next_start()));
    const IoError ended = co_await race.pause;
    const bool next_is_due = ended == IoError::timeout && loop.now() < limit.deadline;
    if (ended == IoError::none || next_is_due) continue;
    co_return fail(wait_error(
        ended, cannot_connect(target, describe(ended)) + " (" + race.report(target) + ")"));
  }
}

}  // namespace sluice::io
