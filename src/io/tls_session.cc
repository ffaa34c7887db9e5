#include "io/tls_session.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "io/failure.h"

namespace sluice::io {

namespace {

constexpr std::size_t record_size = 16384;  // most plaintext of a record, RFC 8446 section 5.1

// OpenSSL's view of a session's memory. It reads from `input` and appends to `*sink`.
int read_input(BIO* bio, char* data, std::size_t size, std::size_t* got) {
  auto& session = *static_cast<TlsSession::Impl*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  *got = std::min(size, session.input.size());
  if (*got == 0) {
    BIO_set_retry_read(bio);
    return 0;
  }
  std::memcpy(data, session.input.data(), *got);
  session.input.remove_prefix(*got);
  return 1;
}

int write_output(BIO* bio, const char* data, std::size_t size, std::size_t* taken) {
  auto& session = *static_cast<TlsSession::Impl*>(BIO_get_data(bio));
  session.sink->append(data, size);
  *taken = size;
  return 1;
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* memory_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "session memory");
    BIO_meth_set_read_ex(made, read_input);
    BIO_meth_set_write_ex(made, write_output);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

// Why a certificate was refused, and what to do about it.
std::string refusal(long result, const std::string& host, const std::string& trust_setting) {
  const std::string reason = X509_verify_cert_error_string(result);
  switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return reason + ", the certificate is not for " + host;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return reason + "; trust it with " + trust_setting;
    default: return reason;
  }
}

}  // namespace

TlsSession::Impl::Impl(std::unique_ptr<SSL, FreeSsl> fresh) : ssl(std::move(fresh)) {
  BIO* memory = BIO_new(memory_method());
  if (memory == nullptr) throw std::bad_alloc();
  BIO_set_data(memory, this);
  BIO_set_init(memory, 1);
  SSL_set_bio(ssl.get(), memory, memory);
  SSL_set_app_data(ssl.get(), this);
}

// OpenSSL marks the session of a connection that ends without an exchange of close_notify as not
// resumable; connections of HTTP seldom end with one.
TlsSession::Impl::~Impl() {
  SSL_set_shutdown(ssl.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

std::string TlsSession::Impl::reason() const {
  const unsigned long error = ERR_peek_error();
  const int code = ERR_GET_REASON(error);
  if (ERR_GET_LIB(error) == ERR_LIB_SSL) {
    if (code == SSL_R_CERTIFICATE_VERIFY_FAILED)
      return "certificate verify failed: " +
             refusal(SSL_get_verify_result(ssl.get()), host, trust_setting);
    if (code == SSL_R_WRONG_VERSION_NUMBER || code == SSL_R_HTTP_REQUEST)
      return "the TLS handshake failed: the other side does not speak TLS";
  }
  const char* text = ERR_reason_error_string(error);
  return std::string("the TLS handshake failed: ") + (text != nullptr ? text : "protocol error");
}

void TlsSession::Impl::keep_input() {
  if (input.empty()) {
    kept = std::string();  // an idle connection holds no buffer
  } else if (input.data() < kept.data() || input.data() >= kept.data() + kept.size()) {
    kept.assign(input);
    input = kept;
  }
}

TlsSession::TlsSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsSession::~TlsSession() = default;

TlsSession::Handshake TlsSession::shake_hands() {
  SSL* const ssl = impl_->ssl.get();
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl);
  const bool is_waiting = result != 1 && SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
  impl_->established = result == 1;
  impl_->broken = result != 1 && !is_waiting;
  if (impl_->broken) impl_->failure = connection_error(impl_->reason());
  impl_->keep_input();
  if (impl_->broken) return Handshake::failed;
  return is_waiting ? Handshake::need_more : Handshake::done;
}

const Error& TlsSession::failure() const { return impl_->failure; }

void TlsSession::feed(std::string_view cipher) {
  if (impl_->input.empty()) {
    impl_->input = cipher;
    return;
  }
  std::string both(impl_->input);
  both += cipher;
  impl_->kept = std::move(both);
  impl_->input = impl_->kept;
}

bool TlsSession::has_input() const {
  return !impl_->input.empty() || SSL_pending(impl_->ssl.get()) > 0;
}

// One call of OpenSSL gives at most one record; this fills `data` from as many as there are.
TlsSession::Plain TlsSession::read(char* data, std::size_t size) {
  SSL* const ssl = impl_->ssl.get();
  Plain plain;
  while (plain.size < size && !impl_->ended && !impl_->broken && has_input()) {
    std::size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl, data + plain.size, size - plain.size, &got);
    plain.size += got;
    if (result == 1) continue;
    const int error = SSL_get_error(ssl, result);
    if (error == SSL_ERROR_WANT_READ) break;  // the rest of a record is still to come
    (error == SSL_ERROR_ZERO_RETURN ? impl_->ended : impl_->broken) = true;
  }
  impl_->keep_input();
  if (plain.size > 0)
    plain.state = Plain::data;
  else if (impl_->broken)
    plain.state = Plain::broken;
  else if (impl_->ended)
    plain.state = Plain::end;
  return plain;
}

bool TlsSession::write(std::span<const iovec> pieces, std::string& cipher) {
  if (!impl_->established || impl_->broken) return false;
  cipher += std::exchange(impl_->pending, {});  // records must leave in the order of their making
  impl_->sink = &cipher;
  impl_->broken = !impl_->encrypt(pieces);
  impl_->sink = &impl_->pending;
  return !impl_->broken;
}

// Small pieces are gathered, so that head and body share a record; big ones are not copied.
bool TlsSession::Impl::encrypt(std::span<const iovec> pieces) {
  static thread_local char gathered[record_size];
  std::size_t filled = 0;
  for (const iovec& piece : pieces) {
    std::string_view rest(static_cast<const char*>(piece.iov_base), piece.iov_len);
    while (!rest.empty()) {
      const bool is_direct = filled == 0 && rest.size() >= record_size;
      const std::size_t count = is_direct ? rest.size() - rest.size() % record_size
                                          : std::min(rest.size(), record_size - filled);
      if (is_direct) {
        if (!encrypt_run(rest.substr(0, count))) return false;
      } else {
        std::memcpy(gathered + filled, rest.data(), count);
        filled += count;
      }
      rest.remove_prefix(count);
      if (filled < record_size) continue;
      if (!encrypt_run({gathered, filled})) return false;
      filled = 0;
    }
  }
  return filled == 0 || encrypt_run({gathered, filled});
}

bool TlsSession::Impl::encrypt_run(std::string_view bytes) {
  std::size_t written = 0;
  ERR_clear_error();
  return SSL_write_ex(ssl.get(), bytes.data(), bytes.size(), &written) == 1;
}

std::string& TlsSession::pending_output() { return impl_->pending; }

std::string_view TlsSession::say_goodbye() {
  if (impl_->established && !impl_->broken) SSL_shutdown(impl_->ssl.get());
  return impl_->pending;
}

bool TlsSession::is_server() const { return SSL_is_server(impl_->ssl.get()) == 1; }

bool TlsSession::resumed() const { return SSL_session_reused(impl_->ssl.get()) == 1; }

std::string TlsSession::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(impl_->ssl.get(), &name, &size);
  return std::string(reinterpret_cast<const char*>(name), size);
}

namespace {

Failure handshake_error(const TlsSession& session, Error error) {
  if (session.is_server()) error.blame = Blame::client;
  return fail(std::move(error));
}

Failure handshake_error(const TlsSession& session, IoError ended) {
  const std::string message = std::string("the TLS handshake failed: ") + describe(ended);
  return handshake_error(session, wait_error(ended, message));
}

}  // namespace

Async<Status> handshake(Stream& stream) {
  TlsSession& session = *stream.tls();
  for (;;) {
    const TlsSession::Handshake step = session.shake_hands();
    const std::string flight = std::exchange(session.pending_output(), {});
    const std::string_view pieces[] = {flight};
    const IoError sent = co_await stream.send_beneath(pieces);
    if (step == TlsSession::Handshake::failed)
      co_return handshake_error(session, session.failure());
    if (sent != IoError::none) co_return handshake_error(session, sent);
    if (step == TlsSession::Handshake::done) co_return Done{};
    const Received more = co_await stream.recv_beneath();
    if (more.error != IoError::none) co_return handshake_error(session, more.error);
    session.feed({more.data, more.size});
  }
}

}  // namespace sluice::io
