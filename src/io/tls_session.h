#pragma once
// The inside of a TlsSession: OpenSSL between two runs of bytes. Private to the TLS files.
#include <memory>
#include <string>
#include <string_view>

#include "io/session_store.h"
#include "io/tls.h"

namespace sluice::io {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

struct TlsSession::Impl {
  // `ssl` is fresh and set to connect or to accept.
  explicit Impl(std::unique_ptr<SSL, FreeSsl> ssl);
  ~Impl();
  Impl(const Impl&) = delete;

  // Why the handshake failed, as OpenSSL says it just after it has.
  std::string reason() const;
  bool encrypt(std::span<const iovec> pieces);
  bool encrypt_run(std::string_view bytes);
  // Copies what is still to be decrypted, because the memory that was fed is about to be reused.
  void keep_input();

  std::unique_ptr<SSL, FreeSsl> ssl;
  std::string_view input;  // ciphertext to decrypt: in `kept`, or fed and not yet copied
  std::string kept;
  std::string pending;           // what pending_output() shows
  std::string* sink = &pending;  // where OpenSSL's output goes just now
  bool established = false, ended = false, broken = false;
  Error failure;
  // A client's: where new sessions go, and under which name.
  std::shared_ptr<SessionStore> sessions;
  std::string host, peer, trust_setting;
};

}  // namespace sluice::io
