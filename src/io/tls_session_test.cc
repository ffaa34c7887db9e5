// TLS without sockets: two sessions that exchange bytes through strings.
#include <algorithm>
#include <vector>

#include "io/testing.h"
#include "io/tls.h"

namespace sluice::io {
namespace {

using Handshake = TlsSession::Handshake;
using Plain = TlsSession::Plain;

// Contexts of one authority; made once, certificates take time.
struct Contexts {
  testing::Authority authority;
  testing::Authority::Issued issued = authority.issue("DNS:localhost,IP:127.0.0.1,IP:::1");
  std::shared_ptr<TlsContext> server = *TlsContext::server(issued.certificate, issued.key);
  std::shared_ptr<TlsContext> client = *TlsContext::client({.ca_file = authority.certificate()});
  static Contexts& get() {
    static Contexts contexts;
    return contexts;
  }
};

// One end: a session, and memory that is overwritten after each use, as the loop's buffers are.
struct End {
  std::unique_ptr<TlsSession> session;
  bool established = false, failed = false;

  void shake() {
    if (established || failed) return;
    const Handshake step = session->shake_hands();
    established = step == Handshake::done;
    failed = step == Handshake::failed;
  }
  void receive(std::string_view cipher) {
    std::string lent(cipher);
    session->feed(lent);
    if (!established) {
      shake();
    } else {
      const Plain plain = session->read(buffer, sizeof buffer);
      text.append(buffer, plain.size);
      last = plain.state;
    }
    lent.assign(lent.size(), '!');
  }
  std::string output() { return std::exchange(session->pending_output(), {}); }
  std::string write(std::vector<std::string_view> pieces) {
    std::vector<iovec> vectors;
    for (const std::string_view piece : pieces)
      vectors.push_back({const_cast<char*>(piece.data()), piece.size()});
    std::string cipher;
    EXPECT_TRUE(session->write(vectors, cipher));
    return cipher;
  }
  // What came through while the handshake ended is read by the next read.
  void read_rest() {
    const Plain plain = session->read(buffer, sizeof buffer);
    text.append(buffer, plain.size);
    last = plain.state;
  }

  char buffer[65536];
  std::string text;
  decltype(Plain::state) last = Plain::need_more;
};

struct Ends {
  explicit Ends(std::string_view host = "localhost", TlsContext* client_context = nullptr,
                TlsContext* server_context = nullptr) {
    Contexts& contexts = Contexts::get();
    client.session = (client_context ? client_context : contexts.client.get())->connect_to(host, 1);
    server.session = (server_context ? server_context : contexts.server.get())->accept();
    client.shake();
  }
  // Exchanges flights until there are none; each flight is cut by `deliver`.
  template <class Deliver>
  void exchange(const Deliver& deliver) {
    for (;;) {
      const std::string to_server = client.output();
      if (!to_server.empty()) deliver(server, to_server);
      const std::string to_client = server.output();
      if (!to_client.empty()) deliver(client, to_client);
      if (to_server.empty() && to_client.empty()) return;
    }
  }
  void exchange() {
    exchange([](End& end, std::string_view flight) { end.receive(flight); });
  }
  bool established() const { return client.established && server.established; }

  End client, server;
};

int records_in(std::string_view cipher) {
  int records = 0;
  for (; cipher.size() >= 5; records++) {
    const auto size = static_cast<std::size_t>(static_cast<unsigned char>(cipher[3]) << 8 |
                                               static_cast<unsigned char>(cipher[4]));
    cipher.remove_prefix(std::min(cipher.size(), 5 + size));
  }
  return records;
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

TEST(TlsSession, HandshakesAndCarriesBytesBothWays) {
  Ends ends;
  ends.exchange();
  ASSERT_TRUE(ends.established());
  EXPECT_EQ(ends.client.session->alpn(), "http/1.1");
  EXPECT_EQ(ends.server.session->alpn(), "http/1.1");
  ends.server.receive(ends.client.write({"POST / HTTP/1.1\r\n\r\n", "body"}));
  EXPECT_EQ(ends.server.text, "POST / HTTP/1.1\r\n\r\nbody");
  ends.client.receive(ends.server.write({"HTTP/1.1 200 OK\r\n\r\n"}));
  EXPECT_EQ(ends.client.text, "HTTP/1.1 200 OK\r\n\r\n");
}

TEST(TlsSession, AHandshakeMayArriveCutAnywhere) {
  std::size_t longest = 0;
  for (std::size_t cut = 0; cut <= longest || cut == 0; cut++) {
    Ends ends;
    ends.exchange([&](End& end, std::string_view flight) {
      longest = std::max(longest, flight.size());
      if (cut > 0 && cut < flight.size()) end.receive(flight.substr(0, cut));
      end.receive(cut > 0 && cut < flight.size() ? flight.substr(cut) : flight);
    });
    ASSERT_TRUE(ends.established()) << "cut after " << cut;
  }
  EXPECT_GT(longest, 500u);
}

TEST(TlsSession, AHandshakeMayArriveByteByByte) {
  Ends ends;
  ends.exchange([](End& end, std::string_view flight) {
    for (const char& byte : flight) end.receive({&byte, 1});
  });
  EXPECT_TRUE(ends.established());
}

TEST(TlsSession, RecordsMayArriveCutAnywhere) {
  Ends ends;
  ends.exchange();
  for (std::size_t cut = 0, size = 1; cut <= size; cut++) {
    std::string cipher = ends.client.write({"first request"});
    cipher += ends.client.write({"second"});
    size = cipher.size();
    ends.server.text.clear();
    ends.server.receive(std::string_view(cipher).substr(0, cut));
    ends.server.receive(std::string_view(cipher).substr(cut));
    ASSERT_EQ(ends.server.text, "first requestsecond") << "cut after " << cut;
  }
}

TEST(TlsSession, BytesThatCameWithTheEndOfTheHandshakeAreKept) {
  Ends ends;
  ends.server.receive(ends.client.output());
  ends.client.receive(ends.server.output());
  ASSERT_TRUE(ends.client.established);
  ends.server.receive(ends.client.output() + ends.client.write({"eager"}));
  ASSERT_TRUE(ends.server.established);
  EXPECT_TRUE(ends.server.session->has_input());
  ends.server.read_rest();
  EXPECT_EQ(ends.server.text, "eager");
  EXPECT_FALSE(ends.server.session->has_input());
}

TEST(TlsSession, SmallPiecesShareARecordAndLargeOnesFillRecords) {
  Ends ends;
  ends.exchange();
  const std::string kilobyte = pattern(1024), large = pattern(100'000);
  EXPECT_EQ(records_in(ends.client.write({"head", kilobyte, "tail"})), 1);
  EXPECT_EQ(records_in(ends.client.write({})), 0);
  const std::string cipher = ends.client.write({"head", large, "tail"});
  EXPECT_EQ(records_in(cipher), 7);  // 100 008 bytes in records of 16 384
  ends.server.receive(ends.client.write({"x"}));
  EXPECT_EQ(ends.server.last, Plain::broken) << "records were left out";
}

TEST(TlsSession, EverySizeArrivesWhole) {
  Ends ends;
  ends.exchange();
  for (const std::size_t first : {0, 1, 100, 16383, 16384, 16385, 40000}) {
    for (const std::size_t second : {0, 1, 16283, 16284, 16285, 32768, 100'000}) {
      const std::string a = pattern(first), b = pattern(second);
      const std::string cipher = ends.client.write({a, b});
      ends.server.text.clear();
      for (std::size_t at = 0; at < cipher.size(); at += 65536)
        ends.server.receive(std::string_view(cipher).substr(at, 65536));
      while (ends.server.session->has_input()) ends.server.read_rest();
      ASSERT_TRUE(ends.server.text == a + b) << first << " + " << second;
    }
  }
}

TEST(TlsSession, ASmallBufferGetsEverythingInSeveralReads) {
  Ends ends;
  ends.exchange();
  const std::string sent = pattern(50'000);
  std::string cipher = ends.client.write({sent});
  ends.server.session->feed(cipher);
  std::string got;
  char buffer[777];
  for (;;) {
    const Plain plain = ends.server.session->read(buffer, sizeof buffer);
    if (plain.state != Plain::data) break;
    got.append(buffer, plain.size);
    cipher.assign(cipher.size(), '!');  // the fed memory is only lent
  }
  EXPECT_TRUE(got == sent);
}

TEST(TlsSession, FurtherBytesFollowThoseThatAreStillToBeRead) {
  Ends ends;
  ends.exchange();
  const std::string sent = pattern(60'000);
  const std::string cipher = ends.client.write({sent});
  std::string got;
  char buffer[1000];
  for (std::size_t at = 0; at < cipher.size(); at += 7000) {
    std::string lent = cipher.substr(at, 7000);
    ends.server.session->feed(lent);
    const Plain plain = ends.server.session->read(buffer, sizeof buffer);
    got.append(buffer, plain.size);
    lent.assign(lent.size(), '!');
  }
  for (Plain plain; (plain = ends.server.session->read(buffer, sizeof buffer)).size > 0;)
    got.append(buffer, plain.size);
  EXPECT_TRUE(got == sent);
}

TEST(TlsSession, AnOrderlyEndIsToldApartFromACut) {
  Ends ends;
  ends.exchange();
  const std::string last = ends.client.write({"bye"});
  const std::string goodbye(ends.client.session->say_goodbye());
  ends.server.receive(last + goodbye);
  EXPECT_EQ(ends.server.text, "bye");
  ends.server.read_rest();
  EXPECT_EQ(ends.server.last, Plain::end);
  ends.client.receive(ends.server.write({"still answering"}));
  EXPECT_EQ(ends.client.text, "still answering") << "only one direction has ended";
}

TEST(TlsSession, ATamperedRecordBreaksTheSessionAndIsAnsweredByAnAlert) {
  Ends ends;
  ends.exchange();
  const std::string good = ends.client.write({"good"});
  std::string bad = ends.client.write({"bad"});
  bad.back() = static_cast<char>(bad.back() ^ 1);
  ends.server.receive(good + bad);
  EXPECT_EQ(ends.server.text, "good");
  ends.server.read_rest();
  EXPECT_EQ(ends.server.last, Plain::broken);
  EXPECT_FALSE(ends.server.session->pending_output().empty());
  std::string cipher;
  EXPECT_FALSE(ends.server.session->write({}, cipher));
  ends.client.receive(ends.server.output());
  EXPECT_EQ(ends.client.last, Plain::broken);
}

TEST(TlsSession, NothingIsEncryptedBeforeTheHandshakeIsOver) {
  Ends ends;
  std::string cipher;
  iovec piece{const_cast<char*>("secret"), 6};
  EXPECT_FALSE(ends.client.session->write({&piece, 1}, cipher));
  EXPECT_EQ(cipher, "");
}

TEST(TlsSession, GarbageFailsTheHandshake) {
  Ends ends;
  ends.client.receive("HTTP/1.1 400 Bad Request\r\n\r\n");
  ASSERT_TRUE(ends.client.failed);
  EXPECT_EQ(ends.client.session->failure().message,
            "the TLS handshake failed: the other side does not speak TLS");
  ends.server.receive("GET / HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(ends.server.failed);
  EXPECT_EQ(ends.server.session->failure().message,
            "the TLS handshake failed: the other side does not speak TLS");
}

// Verification -----------------------------------------------------------------------------------

std::string refusal_for(std::string_view host, TlsContext* client, TlsContext* server = nullptr) {
  Ends ends(host, client, server);
  ends.exchange();
  if (!ends.client.failed) return "accepted";
  EXPECT_TRUE(ends.server.failed || !ends.server.established) << "the server hears of it";
  return ends.client.session->failure().message;
}

TEST(TlsVerification, NamesAndAddressesMustBeInTheCertificate) {
  const std::string mismatch = "certificate verify failed: hostname mismatch, the certificate is ";
  const std::string wrong_ip =
      "certificate verify failed: IP address mismatch, the certificate is ";
  struct Case {
    const char* host;
    std::string expected;
  };
  const Case cases[] = {
      {"localhost", "accepted"},
      {"LOCALHOST", "accepted"},
      {"localhost.", "accepted"},
      {"127.0.0.1", "accepted"},
      {"::1", "accepted"},
      {"api.example.com", mismatch + "not for api.example.com"},
      {"127.0.0.2", wrong_ip + "not for 127.0.0.2"},
      {"server", mismatch + "not for server"},  // only the common name says that
  };
  for (const Case& each : cases) EXPECT_EQ(refusal_for(each.host, nullptr), each.expected);
}

TEST(TlsVerification, AWildcardStandsForOneLabel) {
  Contexts& contexts = Contexts::get();
  const auto issued = contexts.authority.issue("DNS:*.example.com");
  const auto server = TlsContext::server(issued.certificate, issued.key);
  EXPECT_EQ(refusal_for("api.example.com", nullptr, server->get()), "accepted");
  EXPECT_NE(refusal_for("a.b.example.com", nullptr, server->get()), "accepted");
  EXPECT_NE(refusal_for("example.com", nullptr, server->get()), "accepted");
}

TEST(TlsVerification, AnUnknownAuthorityIsRefusedWithAdvice) {
  const auto system_client = TlsContext::client({});
  ASSERT_TRUE(system_client) << system_client.error().message;
  EXPECT_EQ(refusal_for("localhost", system_client->get()),
            "certificate verify failed: unable to get local issuer certificate; trust it with "
            "ssl_verify: /path/to/ca.pem");
}

TEST(TlsVerification, ASelfSignedCertificateIsRefusedWithAdvice) {
  Contexts& contexts = Contexts::get();
  const auto server = TlsContext::server(contexts.authority.certificate(),
                                         contexts.authority.folder().file("ca.key"));
  ASSERT_TRUE(server) << server.error().message;
  const auto client = TlsContext::client({});
  EXPECT_EQ(refusal_for("localhost", client->get(), server->get()),
            "certificate verify failed: self-signed certificate; trust it with "
            "ssl_verify: /path/to/ca.pem");
}

TEST(TlsVerification, AnExpiredCertificateIsRefused) {
  Contexts& contexts = Contexts::get();
  const auto issued = contexts.authority.issue("DNS:localhost", -1);
  const auto server = TlsContext::server(issued.certificate, issued.key);
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_EQ(refusal_for("localhost", nullptr, server->get()),
            "certificate verify failed: certificate has expired");
}

TEST(TlsVerification, CanBeSwitchedOff) {
  const auto client = TlsContext::client({.verify = false});
  EXPECT_EQ(refusal_for("api.example.com", client->get()), "accepted");
}

// Resumption -------------------------------------------------------------------------------------

bool resumes(TlsContext& client, std::string_view host = "localhost") {
  Ends ends(host, &client);
  ends.exchange();
  EXPECT_TRUE(ends.established());
  ends.client.receive(ends.server.write({"x"}));
  EXPECT_EQ(ends.client.session->resumed(), ends.server.session->resumed());
  return ends.client.session->resumed();
}

TEST(TlsResumption, ATicketServesTheNextConnectionToThatHost) {
  const auto client = *TlsContext::client({.ca_file = Contexts::get().authority.certificate()});
  EXPECT_FALSE(resumes(*client));
  EXPECT_TRUE(resumes(*client));
  EXPECT_TRUE(resumes(*client)) << "a resumed connection brings the next ticket";
  EXPECT_FALSE(resumes(*client, "127.0.0.1")) << "another host has its own sessions";
}

TEST(TlsResumption, ATicketIsUsedOnce) {
  const auto client = *TlsContext::client({.ca_file = Contexts::get().authority.certificate()});
  EXPECT_FALSE(resumes(*client));
  Ends first("localhost", client.get()), second("localhost", client.get());
  first.exchange();
  second.exchange();
  EXPECT_TRUE(first.client.session->resumed());
  EXPECT_FALSE(second.client.session->resumed());
}

TEST(TlsResumption, ASessionMayOutliveItsContext) {
  auto client = *TlsContext::client({.ca_file = Contexts::get().authority.certificate()});
  Ends ends("localhost", client.get());
  client.reset();
  ends.exchange();  // the ticket goes to a store that nobody else holds any more
  EXPECT_TRUE(ends.established());
}

// Contexts ---------------------------------------------------------------------------------------

TEST(TlsContext, ErrorsNameTheFileAndWhatIsWrongWithIt) {
  Contexts& contexts = Contexts::get();
  const auto& [certificate, key] = contexts.issued;
  const testing::TempFolder folder;
  const std::string missing = folder.file("missing.pem"), text = folder.file("text.pem");
  std::ofstream(text) << "hello\n";
  const std::string locked = folder.file("locked.key");
  const std::string lock = "openssl ec -aes256 -passout pass:x -in " + key + " -out " + locked;
  ASSERT_EQ(std::system((lock + " 2>/dev/null").c_str()), 0);
  const auto error = [](const auto& result) { return result ? "none" : result.error().message; };
  const auto other = contexts.authority.issue("DNS:other");

  EXPECT_EQ(error(TlsContext::client({.ca_file = missing})),
            "can't use CA file " + missing + ": no such file or directory");
  EXPECT_TRUE(error(TlsContext::client({.ca_file = text}))
                  .starts_with("can't use CA file " + text + ": no PEM certificate in it"));
  EXPECT_EQ(error(TlsContext::server(missing, key)),
            "can't use certificate file " + missing + ": no such file or directory");
  EXPECT_TRUE(error(TlsContext::server(text, key))
                  .starts_with("can't use certificate file " + text + ": no PEM certificate"));
  EXPECT_EQ(error(TlsContext::server(certificate, missing)),
            "can't use key file " + missing + ": no such file or directory");
  EXPECT_TRUE(error(TlsContext::server(certificate, text))
                  .starts_with("can't use key file " + text + ": no private key in PEM form"));
  EXPECT_EQ(
      error(TlsContext::server(certificate, other.key)),
      "can't use key file " + other.key + ": it is not the key of certificate " + certificate);
  EXPECT_EQ(error(TlsContext::server(certificate, locked)),
            "can't use key file " + locked + ": it needs a passphrase; give the key without one");
}

TEST(TlsContext, TheUsualVariableReplacesTheSystemsCertificates) {
  ::setenv("SSL_CERT_FILE", Contexts::get().authority.certificate().c_str(), 1);
  const auto client = TlsContext::client({});
  ::setenv("SSL_CERT_FILE", "/does/not/exist", 1);
  const auto wrong = TlsContext::client({});
  ::unsetenv("SSL_CERT_FILE");
  EXPECT_EQ(refusal_for("localhost", client->get()), "accepted");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message,
            "can't use SSL_CERT_FILE /does/not/exist: no such file or directory");
}

}  // namespace
}  // namespace sluice::io
