#pragma once
// A connected TCP socket, plain or with TLS, on one loop. At most one coroutine waits on a stream
// at a time, for reading or for writing. Nothing throws; every operation ends with an IoError.
//
//   const Received got = co_await client.recv();        // bytes in the loop's shared buffer
//   const IoError sent = co_await client.send({head, body});
#include <sys/uio.h>

#include <array>
#include <coroutine>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/async.h"
#include "io/cancel.h"
#include "io/loop.h"

namespace sluice::io {

class TlsSession;  // tls.h

enum class IoError : std::uint8_t {
  none,
  end,        // the peer closed properly; only from recv
  reset,      // the connection broke
  timeout,    // the deadline passed
  cancelled,  // the request's token was cancelled
};
const char* describe(IoError error);

struct Received {
  char* data = nullptr;  // `size` bytes, writable; Loop::buffer_padding more may be read
  std::size_t size = 0;
  IoError error = IoError::none;  // when set, size is 0
};

class Stream final : private Watcher, private Timer {
 public:
  class RecvOp;
  class SendOp;

  // Takes the descriptor of a non-blocking socket that is connected; sets TCP_NODELAY.
  Stream(Loop& loop, int fd);
  ~Stream();

  // Reads what is there, into the loop's shared buffer: the bytes live until the next suspension.
  RecvOp recv();
  // Reads up to `size` bytes into memory of the caller, which must outlive the operation.
  RecvOp recv_into(char* data, std::size_t size);
  // Sends all pieces (at most max_pieces that are not empty) with one system call when the socket
  // takes them: small ones at the end of the loop's turn (io/outbox.h), large ones now. Those that
  // do not leave at once are copied, so the pieces may point into the shared buffer.
  SendOp send(std::initializer_list<std::string_view> pieces);
  SendOp send(std::span<const std::string_view> pieces);
  static constexpr std::size_t max_pieces = 8;
  // Sends without waiting, for a stream that one coroutine reads all the time: what the socket does
  // not take at once is kept and follows when it does. Not to be mixed with send(). A broken
  // connection is the reader's to find.
  void post(std::string_view bytes);
  std::size_t unsent() const { return posted_.size() - posted_at_; }

  // When the time has passed, the operation that waits ends with `timeout`, and so does the next
  // one that would have to wait. `never` lifts it.
  void set_deadline(Time due) { loop_.arm(*this, due), expired_ = false; }
  // Every wait on this stream registers in the token (nullptr: none).
  void set_cancel(CancelToken* token) { cancel_ = token; }
  // The token to cancel when the peer goes away while nobody waits on this stream.
  void cancel_on_hangup(CancelToken* token);

  // The peer has closed or broken the connection (bytes it sent before may still be there).
  bool peer_gone() const { return ended_; }
  // Nothing is known to be waiting to be read: an idle connection may be used again.
  bool is_quiet() const;
  // An idle connection's owner, told when the peer closes it or says something unasked. One shot.
  void on_idle_end(Wait* owner) { idle_owner_ = owner; }

  // Puts TLS over the stream; the handshake is the caller's next step (tls.h).
  void set_tls(std::unique_ptr<TlsSession> tls);
  TlsSession* tls() { return tls_.get(); }
  Loop& loop() { return loop_; }
  int fd() const { return fd_; }
  // Closing resets instead of ending in order: the peer sees that data is missing.
  void reset_on_close();
  // No more bytes from us; what the peer sends can still be read.
  void shut_send();

 private:
  friend Async<Status> handshake(Stream& stream);
  class Waiter;
  // Which bytes an operation means: those of the application, or those of the socket itself.
  enum class Layer : std::uint8_t { top, socket };
  RecvOp recv_beneath();
  SendOp send_beneath(std::span<const std::string_view> pieces);

  void on_events(std::uint32_t events) override;
  void on_timer() override;
  // -1 and errno as recv(2) has them; plain bytes of the socket.
  ssize_t raw_recv(char* data, std::size_t size);
  // Sends ciphertext or plain bytes; returns what was taken, -1 when the connection is broken.
  ssize_t raw_send(iovec* pieces, std::size_t count);
  enum class Step { done, blocked };
  Step try_recv(char* data, std::size_t size, Received& result);
  Step try_recv_tls(char* data, std::size_t size, Received& result);
  void send_tls_replies();
  void send_posted();
  void say_goodbye();

  Loop& loop_;
  int fd_;
  bool readable_ = false, writable_ = true, ended_ = false, expired_ = false, resets_ = false;
  Waiter* waiter_ = nullptr;
  CancelToken* cancel_ = nullptr;
  CancelToken* hangup_ = nullptr;
  Wait* idle_owner_ = nullptr;
  std::unique_ptr<TlsSession> tls_;
  std::string posted_;  // what post() could not send
  std::size_t posted_at_ = 0;
};

// What the two operations share: registration with the stream and the token, and how a wait ends.
class Stream::Waiter : public Wait {
 public:
  Waiter(Stream& stream, Layer layer)
      : stream_(stream), tls_(layer == Layer::top ? stream.tls_.get() : nullptr) {}
  Waiter(const Waiter&) = delete;
  ~Waiter() { leave(); }
  void await_suspend(std::coroutine_handle<> self);
  void cancel() override { finish(IoError::cancelled); }

 protected:
  friend class Stream;
  // The socket may have become ready: try again. True = the operation is over.
  virtual bool attempt() = 0;
  virtual void set_error(IoError error) = 0;
  // The error that ends the operation before it waits, or none.
  IoError barred() const;
  void leave();
  void resume();
  void finish(IoError error);

  Stream& stream_;
  TlsSession* tls_;  // nullptr: the socket's own bytes
  std::coroutine_handle<> self_;
};

class [[nodiscard]] Stream::RecvOp final : public Waiter {
 public:
  RecvOp(Stream& stream, Layer layer, char* data, std::size_t size)
      : Waiter(stream, layer), data_(data), size_(size) {}
  bool await_ready();
  Received await_resume() const { return result_; }

 private:
  bool attempt() override;
  void set_error(IoError error) override { result_ = {.error = error}; }
  char* data_;
  std::size_t size_;
  Received result_;
};

class [[nodiscard]] Stream::SendOp final : public Waiter, private Outbox::Entry {
 public:
  SendOp(Stream& stream, Layer layer, std::span<const std::string_view> pieces);
  ~SendOp() {
    if (gathered_) stream_.loop_.outbox().remove(*this);
  }
  bool await_ready();
  IoError await_resume() const { return error_; }

 private:
  bool attempt() override;
  bool send_gathered(std::string_view bytes) override;
  void go_on() override;
  bool gather();
  bool send_pieces();
  bool send_rest();
  void keep_from(std::size_t sent);
  void set_error(IoError error) override { error_ = error; }
  std::array<iovec, max_pieces> pieces_;
  std::size_t count_ = 0;
  std::string rest_;  // copied bytes that the socket has not taken yet
  std::size_t rest_at_ = 0;
  bool gathered_ = false;  // the outbox has the bytes
  IoError error_ = IoError::none;
};

inline Stream::RecvOp Stream::recv() {
  return RecvOp(*this, Layer::top, loop_.read_buffer(), Loop::buffer_size);
}
inline Stream::RecvOp Stream::recv_into(char* data, std::size_t size) {
  return RecvOp(*this, Layer::top, data, size);
}
inline Stream::SendOp Stream::send(std::initializer_list<std::string_view> pieces) {
  return SendOp(*this, Layer::top, std::span(pieces.begin(), pieces.size()));
}
inline Stream::SendOp Stream::send(std::span<const std::string_view> pieces) {
  return SendOp(*this, Layer::top, pieces);
}

inline Stream::RecvOp Stream::recv_beneath() {
  return RecvOp(*this, Layer::socket, loop_.read_buffer(), Loop::buffer_size);
}
inline Stream::SendOp Stream::send_beneath(std::span<const std::string_view> pieces) {
  return SendOp(*this, Layer::socket, pieces);
}

}  // namespace sluice::io
