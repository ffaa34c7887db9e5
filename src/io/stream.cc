#include "io/stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "io/tls.h"

namespace sluice::io {

namespace {
// The C library lets a thread be cancelled in these calls, and prepares for it each time; ours
// never are.
ssize_t recv_now(int fd, char* data, std::size_t size) {
  return ::syscall(SYS_recvfrom, fd, data, size, 0, nullptr, nullptr);
}
ssize_t send_now(int fd, const iovec& piece) {
  return ::syscall(SYS_sendto, fd, piece.iov_base, piece.iov_len, MSG_NOSIGNAL, nullptr, 0);
}
}  // namespace

const char* describe(IoError error) {
  switch (error) {
    case IoError::none: return "no error";
    case IoError::end: return "the peer closed the connection";
    case IoError::reset: return "the connection was reset";
    case IoError::timeout: return "timed out";
    case IoError::cancelled: return "the client went away";
  }
  return "";
}

Stream::Stream(Loop& loop, int fd) : loop_(loop), fd_(fd) {
  const int one = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  loop_.watch(fd_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this);
}

Stream::~Stream() {
  if (!resets_ && !ended_) say_goodbye();
  loop_.forget(fd_, *this);
  ::close(fd_);
}

void Stream::set_tls(std::unique_ptr<TlsSession> tls) { tls_ = std::move(tls); }

bool Stream::is_quiet() const { return !ended_ && !readable_ && !(tls_ && tls_->has_input()); }

// Tells a TLS peer that nothing was cut off. The socket takes it or it is not worth waiting for.
void Stream::say_goodbye() {
  if (!tls_ || !writable_) return;
  const std::string_view goodbye = tls_->say_goodbye();
  iovec piece{const_cast<char*>(goodbye.data()), goodbye.size()};
  if (!goodbye.empty()) raw_send(&piece, 1);
}

void Stream::reset_on_close() {
  resets_ = true;
  const linger hard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void Stream::shut_send() {
  say_goodbye();
  ::shutdown(fd_, SHUT_WR);
}

void Stream::cancel_on_hangup(CancelToken* token) {
  hangup_ = token;
  if (token != nullptr && ended_) token->cancel();
}

// Ends in a tail position on every path: whoever is resumed may destroy the stream.
void Stream::on_events(std::uint32_t events) {
  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) readable_ = true;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ended_ = true;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) writable_ = true;
  send_posted();
  if (waiter_ != nullptr) {
    // The request's chain of coroutines waits here, so this only marks the token.
    if (hangup_ != nullptr && ended_) std::exchange(hangup_, nullptr)->cancel();
    if (waiter_->attempt()) waiter_->resume();
  } else if (idle_owner_ != nullptr && readable_) {
    std::exchange(idle_owner_, nullptr)->cancel();
  } else if (hangup_ != nullptr && ended_) {
    std::exchange(hangup_, nullptr)->cancel();
  }
}

void Stream::on_timer() {
  expired_ = true;
  if (waiter_ != nullptr) return waiter_->finish(IoError::timeout);
  if (idle_owner_ != nullptr) std::exchange(idle_owner_, nullptr)->cancel();
}

ssize_t Stream::raw_recv(char* data, std::size_t size) {
  ssize_t got;
  do got = recv_now(fd_, data, size);
  while (got < 0 && errno == EINTR);
  // A short read drained the socket: the next edge will tell. Not so once the peer has closed, the
  // edge for that has already been seen.
  const bool drained = got < 0 ? errno == EAGAIN : static_cast<std::size_t>(got) < size && !ended_;
  if (drained) readable_ = false;
  return got;
}

ssize_t Stream::raw_send(iovec* pieces, std::size_t count) {
  const msghdr message{.msg_iov = pieces, .msg_iovlen = count};
  ssize_t sent;
  do sent = count == 1 ? send_now(fd_, *pieces) : ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  if (sent >= 0) return sent;
  if (errno != EAGAIN) return -1;
  writable_ = false;
  return 0;
}

Stream::Step Stream::try_recv(char* data, std::size_t size, Received& result) {
  if (!readable_) return Step::blocked;
  const ssize_t got = raw_recv(data, size);
  if (got > 0) {
    result = {.data = data, .size = static_cast<std::size_t>(got)};
  } else if (got == 0) {
    result = {.error = IoError::end};
  } else if (errno == EAGAIN) {
    return Step::blocked;
  } else {
    result = {.error = IoError::reset};
  }
  return Step::done;
}

Stream::Step Stream::try_recv_tls(char* data, std::size_t size, Received& result) {
  for (;;) {
    const TlsSession::Plain plain = tls_->read(data, size);
    send_tls_replies();
    switch (plain.state) {
      case TlsSession::Plain::data: result = {.data = data, .size = plain.size}; return Step::done;
      case TlsSession::Plain::end: result = {.error = IoError::end}; return Step::done;
      case TlsSession::Plain::broken: result = {.error = IoError::reset}; return Step::done;
      case TlsSession::Plain::need_more: break;
    }
    if (!readable_) return Step::blocked;
    const ssize_t got = raw_recv(loop_.cipher_buffer(), Loop::buffer_size);
    if (got > 0) {
      tls_->feed({loop_.cipher_buffer(), static_cast<std::size_t>(got)});
    } else if (got < 0 && (errno == EAGAIN)) {
      return Step::blocked;
    } else {
      // Closing without close_notify could be an attacker's cut; HTTP's own framing decides.
      result = {.error = got == 0 ? IoError::end : IoError::reset};
      return Step::done;
    }
  }
}

// Alerts that decrypting gave rise to. What the socket does not take leaves before the next write.
void Stream::send_tls_replies() {
  std::string& reply = tls_->pending_output();
  if (unsent() > 0) posted_ += std::exchange(reply, {});  // records keep their order
  if (reply.empty() || !writable_) return;
  iovec piece{reply.data(), reply.size()};
  const ssize_t sent = raw_send(&piece, 1);
  reply.erase(0, sent < 0 ? reply.size() : static_cast<std::size_t>(sent));
}

void Stream::post(std::string_view bytes) {
  if (tls_ != nullptr) {
    const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    tls_->write({&piece, 1}, posted_);  // a broken session tells its reader
    return send_posted();
  }
  if (unsent() == 0 && writable_ && !bytes.empty()) {
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    const ssize_t sent = raw_send(&piece, 1);
    if (sent < 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (!bytes.empty()) writable_ = false;  // the next edge will tell
  }
  posted_ += bytes;
}

void Stream::send_posted() {
  if (unsent() == 0 || !writable_) return;
  iovec piece{posted_.data() + posted_at_, unsent()};
  const ssize_t sent = raw_send(&piece, 1);
  posted_at_ += sent < 0 ? unsent() : static_cast<std::size_t>(sent);
  if (unsent() > 0) writable_ = false;
  if (posted_at_ < posted_.size() / 2) return;  // what is sent goes when it is worth the copying
  posted_.erase(0, posted_at_);
  posted_at_ = 0;
}

void Stream::Waiter::await_suspend(std::coroutine_handle<> self) {
  self_ = self;
  stream_.waiter_ = this;
  if (stream_.cancel_ != nullptr) stream_.cancel_->enter(*this);
}

void Stream::Waiter::leave() {
  if (!self_) return;
  if (stream_.cancel_ != nullptr) stream_.cancel_->leave();
  stream_.waiter_ = nullptr;
  self_ = nullptr;
}

void Stream::Waiter::resume() {
  const std::coroutine_handle<> self = self_;
  leave();
  self.resume();
}

void Stream::Waiter::finish(IoError error) {
  set_error(error);
  resume();
}

IoError Stream::Waiter::barred() const {
  if (stream_.cancel_ != nullptr && stream_.cancel_->cancelled()) return IoError::cancelled;
  if (stream_.expired_) return IoError::timeout;
  return IoError::none;
}

bool Stream::RecvOp::attempt() {
  const Step step = tls_ != nullptr ? stream_.try_recv_tls(data_, size_, result_)
                                    : stream_.try_recv(data_, size_, result_);
  return step == Step::done;
}

bool Stream::RecvOp::await_ready() {
  if (attempt()) return true;
  const IoError error = barred();
  if (error == IoError::none) return false;
  set_error(error);
  return true;
}

Stream::SendOp::SendOp(Stream& stream, Layer layer, std::span<const std::string_view> pieces)
    : Waiter(stream, layer) {
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    if (count_ == max_pieces) std::abort();  // a caller's mistake; to lose bytes would be worse
    pieces_[count_++] = {const_cast<char*>(piece.data()), piece.size()};
  }
}

bool Stream::SendOp::await_ready() {
  if (tls_ != nullptr) {
    if (!tls_->write({pieces_.data(), count_}, rest_)) {
      error_ = IoError::reset;
      return true;
    }
    count_ = 0;
  }
  if (gather()) return false;
  if (attempt()) return true;
  keep_from(0);
  error_ = barred();
  return error_ != IoError::none;
}

// Leaves the bytes to the end of the turn, if they are few and the socket is not full.
bool Stream::SendOp::gather() {
  if (!stream_.writable_) return false;
  iovec encrypted{rest_.data(), rest_.size()};
  const std::span<const iovec> pieces =
      tls_ != nullptr ? std::span<const iovec>(&encrypted, 1) : std::span(pieces_.data(), count_);
  gathered_ = stream_.loop_.outbox().add(*this, pieces);
  if (gathered_) count_ = 0, rest_.clear();
  return gathered_;
}

bool Stream::SendOp::send_gathered(std::string_view bytes) {
  pieces_[0] = {const_cast<char*>(bytes.data()), bytes.size()};
  count_ = 1;
  gathered_ = send_pieces();
  return gathered_;
}

void Stream::SendOp::go_on() {
  gathered_ = false;
  resume();
}

bool Stream::SendOp::attempt() {
  if (gathered_ || !stream_.writable_) return false;
  return count_ > 0 ? send_pieces() : send_rest();
}

// The first try, straight from the caller's memory.
bool Stream::SendOp::send_pieces() {
  const ssize_t sent = stream_.raw_send(pieces_.data(), count_);
  if (sent < 0) {
    error_ = IoError::reset;
    return true;
  }
  keep_from(static_cast<std::size_t>(sent));
  if (rest_.empty()) return true;
  stream_.writable_ = false;  // a short write filled the socket: the next edge will tell
  return false;
}

// Copies what the socket has not taken: the pieces may lie in the shared buffer.
void Stream::SendOp::keep_from(std::size_t sent) {
  for (std::size_t i = 0; i < count_; i++) {
    const auto& [base, size] = pieces_[i];
    const std::size_t taken = std::min(sent, size);
    sent -= taken;
    if (taken == size) continue;
    rest_.append(static_cast<char*>(base) + taken, size - taken);
  }
  count_ = 0;
}

bool Stream::SendOp::send_rest() {
  if (rest_at_ == rest_.size()) return true;
  iovec piece{rest_.data() + rest_at_, rest_.size() - rest_at_};
  const ssize_t sent = stream_.raw_send(&piece, 1);
  if (sent < 0) {
    error_ = IoError::reset;
    return true;
  }
  rest_at_ += static_cast<std::size_t>(sent);
  if (rest_at_ == rest_.size()) return true;
  stream_.writable_ = false;
  return false;
}

}  // namespace sluice::io
