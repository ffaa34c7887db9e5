#include "io/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "io/address.h"
#include "io/failure.h"
#include "io/tls_session.h"

namespace sluice::io {

namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;

constexpr unsigned char alpn_http[] = "\x08http/1.1";
constexpr unsigned alpn_http_size = sizeof alpn_http - 1;

// What the last call of OpenSSL complained about.
std::string openssl_reason() {
  const char* text = ERR_reason_error_string(ERR_peek_last_error());
  return text != nullptr ? text : "unknown error";
}

Failure bad_file(std::string_view what, const std::string& path, std::string_view why) {
  return fail(
      gateway_error("can't use " + std::string(what) + " " + path + ": " + std::string(why)));
}

Status check_readable(std::string_view what, const std::string& path) {
  if (::access(path.c_str(), R_OK) == 0) return Done{};
  return bad_file(what, path, describe_errno(errno));
}

ContextPtr make_context(const SSL_METHOD* method) {
  ERR_clear_error();
  ContextPtr context(SSL_CTX_new(method));
  if (context == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return context;
}

// Where distributions keep their certificates, for an OpenSSL that was built for another one.
constexpr const char* other_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",                             // SUSE
};

bool has_default_certificates() {
  std::error_code ignored;
  return std::filesystem::exists(X509_get_default_cert_file(), ignored) ||
         (std::filesystem::is_directory(X509_get_default_cert_dir(), ignored) &&
          !std::filesystem::is_empty(X509_get_default_cert_dir(), ignored));
}

Status trust_system(SSL_CTX* context) {
  const char* variable = X509_get_default_cert_file_env();  // SSL_CERT_FILE
  const char* chosen_file = std::getenv(variable);
  const char* chosen_folder = std::getenv(X509_get_default_cert_dir_env());
  if (chosen_file != nullptr) {
    const Status readable = check_readable(variable, chosen_file);
    if (!readable) return readable;
  }
  SSL_CTX_set_default_verify_paths(context);
  if (chosen_file != nullptr || chosen_folder != nullptr || has_default_certificates())
    return Done{};
  for (const char* bundle : other_bundles) {
    if (SSL_CTX_load_verify_file(context, bundle) == 1) break;
  }
  return Done{};
}

Status trust_file(SSL_CTX* context, const std::string& path) {
  const Status readable = check_readable("CA file", path);
  if (!readable) return readable;
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(path, ignored);
  const int loaded = is_folder ? SSL_CTX_load_verify_dir(context, path.c_str())
                               : SSL_CTX_load_verify_file(context, path.c_str());
  if (loaded == 1) return Done{};
  return bad_file("CA file", path, "no PEM certificate in it (" + openssl_reason() + ")");
}

// OpenSSL hands us a session that can be resumed; 1 = we keep the reference.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* connection = static_cast<const TlsSession::Impl*>(SSL_get_app_data(ssl));
  connection->sessions->add(connection->peer, SessionPtr(session));
  return 1;
}

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size,
                const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, alpn_http, alpn_http_size, offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// Without this OpenSSL would ask for the passphrase at the terminal.
int note_passphrase_wish(char*, int, int, void* wished) {
  *static_cast<bool*>(wished) = true;
  return -1;
}

Status load_key(SSL_CTX* context, const std::string& path, const std::string& certificate) {
  const Status readable = check_readable("key file", path);
  if (!readable) return readable;
  bool wants_passphrase = false;
  SSL_CTX_set_default_passwd_cb(context, note_passphrase_wish);
  SSL_CTX_set_default_passwd_cb_userdata(context, &wants_passphrase);
  const int loaded = SSL_CTX_use_PrivateKey_file(context, path.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
  if (loaded == 1) return Done{};
  if (wants_passphrase)
    return bad_file("key file", path, "it needs a passphrase; give the key without one");
  if (ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH)
    return bad_file("key file", path, "it is not the key of certificate " + certificate);
  return bad_file("key file", path, "no private key in PEM form (" + openssl_reason() + ")");
}

Status load_certificate(SSL_CTX* context, const std::string& certificate, const std::string& key) {
  const Status readable = check_readable("certificate file", certificate);
  if (!readable) return readable;
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return bad_file("certificate file", certificate,
                    "no PEM certificate in it (" + openssl_reason() + ")");
  return load_key(context, key, certificate);
}

}  // namespace

struct TlsContext::Impl {
  ContextPtr context;
  std::shared_ptr<SessionStore> sessions;  // a client's
  std::string trust_setting;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::client(const ClientOptions& options) {
  ContextPtr context = make_context(TLS_client_method());
  if (options.http) SSL_CTX_set_alpn_protos(context.get(), alpn_http, alpn_http_size);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), keep_session);
  SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (options.verify) {
    const Status trusts = options.ca_file.empty() ? trust_system(context.get())
                                                  : trust_file(context.get(), options.ca_file);
    if (!trusts) return fail(trusts.error());
  }
  if (!options.certificate_file.empty()) {
    const Status loaded =
        load_certificate(context.get(), options.certificate_file, options.key_file);
    if (!loaded) return fail(loaded.error());
  }
  return std::shared_ptr<TlsContext>(
      new TlsContext(std::make_unique<Impl>(Impl{.context = std::move(context),
                                                 .sessions = std::make_shared<SessionStore>(),
                                                 .trust_setting = options.trust_setting})));
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const std::string& certificate_file,
                                                       const std::string& key_file) {
  ContextPtr context = make_context(TLS_server_method());
  SSL_CTX_set_alpn_select_cb(context.get(), choose_alpn, nullptr);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // tickets need no memory
  SSL_CTX_set_num_tickets(context.get(), 1);
  const Status loaded = load_certificate(context.get(), certificate_file, key_file);
  if (!loaded) return fail(loaded.error());
  return std::shared_ptr<TlsContext>(
      new TlsContext(std::make_unique<Impl>(Impl{.context = std::move(context)})));
}

std::unique_ptr<TlsSession> TlsContext::connect_to(std::string_view host, int port) {
  std::unique_ptr<SSL, FreeSsl> fresh(SSL_new(impl_->context.get()));
  if (fresh == nullptr) throw std::bad_alloc();
  SSL* const ssl = fresh.get();
  auto session = std::make_unique<TlsSession::Impl>(std::move(fresh));
  session->host = host;
  session->peer = host_and_port(host, port);
  session->sessions = impl_->sessions;
  session->trust_setting = impl_->trust_setting;
  SSL_set_connect_state(ssl);
  if (const auto address = Address::from_literal(host, port)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address->text().c_str());
  } else {
    // A name may be written with the root's dot; certificates and SNI never have it.
    const std::string name =
        host.ends_with('.') ? session->host.substr(0, host.size() - 1) : session->host;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, name.c_str());
    SSL_set_tlsext_host_name(ssl, name.c_str());
  }
  if (const SessionPtr earlier = impl_->sessions->take(session->peer))
    SSL_set_session(ssl, earlier.get());
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(session)));
}

std::unique_ptr<TlsSession> TlsContext::accept() {
  std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(impl_->context.get()));
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_set_accept_state(ssl.get());
  auto session = std::make_unique<TlsSession::Impl>(std::move(ssl));
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(session)));
}

}  // namespace sluice::io
