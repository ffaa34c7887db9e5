#pragma once
// TLS over a Stream, by OpenSSL through memory: the stream reads and writes the socket with the
// same number of system calls as without TLS, OpenSSL only turns bytes into bytes.
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/async.h"
#include "io/stream.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;

namespace sluice::io {

// Settings and keys for one side of TLS. Shared by all loops; thread-safe after construction.
class TlsContext {
 public:
  struct ClientOptions {
    bool verify = true;   // false: any certificate will do
    std::string ca_file;  // PEM bundle to trust instead of the system's; empty = the system's
    std::string certificate_file, key_file;  // our own, for servers that ask for one; or empty
    bool http = true;                        // offers ALPN http/1.1
    // What the error about an unknown authority says to write.
    std::string trust_setting = "ssl_verify: /path/to/ca.pem";
  };
  // Verifies name and chain, sends SNI, resumes sessions per host name and port. Error: names the
  // file that can't be read.
  static Result<std::shared_ptr<TlsContext>> client(const ClientOptions& options);
  // For the listener. Errors name the file that can't be read, or say that key and certificate
  // differ.
  static Result<std::shared_ptr<TlsContext>> server(const std::string& certificate_file,
                                                    const std::string& key_file);
  ~TlsContext();

  // A session on a fresh connection. `host` is what the certificate must name (IP literals too).
  std::unique_ptr<TlsSession> connect_to(std::string_view host, int port);
  std::unique_ptr<TlsSession> accept();

 private:
  struct Impl;
  explicit TlsContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One connection's TLS state: bytes in, bytes out, no I/O. Owned by its Stream.
class TlsSession {
 public:
  struct Impl;
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;

  // Goes on with the handshake from what was fed. Then pending_output() is to be sent, whatever
  // the step (a failure has its alert there).
  enum class Handshake { done, need_more, failed };
  Handshake shake_hands();
  // Why it failed.
  const Error& failure() const;

  // What Stream needs.
  struct Plain {
    std::size_t size = 0;
    enum { data, need_more, end, broken } state = need_more;
  };
  // Decrypts into `data` from what was fed.
  Plain read(char* data, std::size_t size);
  // Gives ciphertext to decrypt; it must stay valid until the next shake_hands() or read(), which
  // keep what they do not take at once.
  void feed(std::string_view cipher);
  bool has_input() const;  // fed bytes, or decrypted ones, are still to be read
  // Encrypts the pieces as one run of bytes (small pieces share a record), appending the records to
  // `cipher`. False = the session is broken.
  bool write(std::span<const iovec> pieces, std::string& cipher);
  // Ciphertext that the other calls produced (handshakes, alerts); usually empty.
  std::string& pending_output();
  // Ends our side: what is left to send, with the close_notify that tells the peer that nothing
  // was cut off.
  std::string_view say_goodbye();
  bool is_server() const;
  bool resumed() const;
  std::string alpn() const;

 private:
  friend class TlsContext;
  explicit TlsSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Performs the handshake on a stream that has a TlsSession, within the stream's deadline. The error
// says why the certificate was refused, and how to trust it.
Async<Status> handshake(Stream& stream);

}  // namespace sluice::io
