#include "io/connect.h"

#include "io/listener.h"
#include "io/testing.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using testing::LoopbackSocket;
using testing::run;
using testing::run_until;
using testing::Running;

using Connected = Result<std::unique_ptr<Stream>>;

struct Contexts {
  testing::Authority authority;
  testing::Authority::Issued issued = authority.issue("DNS:localhost");
  std::shared_ptr<TlsContext> server = *TlsContext::server(issued.certificate, issued.key);
  std::shared_ptr<TlsContext> client = *TlsContext::client({.ca_file = authority.certificate()});
  static Contexts& get() {
    static Contexts contexts;
    return contexts;
  }
};

// Accepts connections and plays one part on each: a provider with TLS that greets, or a proxy that
// answers a CONNECT with `reply` and then, if told so, is itself the provider behind the tunnel.
class Peer {
 public:
  explicit Peer(Loop& loop)
      : loop_(loop),
        listener_(*Listener::open(loop, "127.0.0.1", 0, [this](int fd, const Address&) {
          sessions_.push_back(std::make_unique<Running<Done>>(serve(fd)));
        })) {}
  int port() const { return listener_->port(); }

  bool is_proxy = false, is_provider = true, closes = false;
  std::string reply = "HTTP/1.1 200 Connection established\r\n\r\n";
  bool byte_by_byte = false;
  std::vector<std::string> asked;  // heads of CONNECT requests

 private:
  Async<Done> serve(int fd) {
    Stream stream(loop_, fd);
    if (is_proxy) co_await open_tunnel(stream);
    if (is_provider) co_await greet(stream);
    if (!closes) co_await stream.recv();
    co_return Done{};
  }
  Async<Done> open_tunnel(Stream& stream) {
    std::string head;
    while (head.find("\r\n\r\n") == head.npos) {
      const Received more = co_await stream.recv();
      if (more.error != IoError::none) co_return Done{};
      head.append(more.data, more.size);
    }
    asked.push_back(head);
    const std::size_t step = byte_by_byte ? 1 : reply.size();
    for (std::size_t at = 0; at < reply.size(); at += step) {
      const std::string_view piece = std::string_view(reply).substr(at, step);
      co_await stream.send({piece});
      Pause other_turn(loop_, {.deadline = loop_.now() + milliseconds(1)});
      if (byte_by_byte) co_await other_turn;
    }
    co_return Done{};
  }
  Async<Done> greet(Stream& stream) {
    stream.set_tls(Contexts::get().server->accept());
    const Status shaken = co_await handshake(stream);
    const std::string_view greeting = "hello";
    if (shaken) co_await stream.send({greeting});
    co_return Done{};
  }

  Loop& loop_;
  std::vector<std::unique_ptr<Running<Done>>> sessions_;
  std::unique_ptr<Listener> listener_;
};

struct Lab {
  Connected connect(const Endpoint& endpoint, Time deadline = never) {
    return run(loop, connector.connect(endpoint, Contexts::get().client.get(), deadline, nullptr));
  }

  Loop loop;
  Connector connector{loop, nullptr};
};

Async<std::string> receive(Stream& stream) {
  const Received got = co_await stream.recv();
  co_return std::string(got.data, got.size);
}

std::string error_of(const Connected& connected) {
  return connected ? "connected" : connected.error().message;
}

TEST(Connector, OpensPlainConnectionsToLiteralsAndNames) {
  Contexts::get();
  LoopbackSocket listener;
  for (const char* host : {"127.0.0.1", "localhost"}) {
    Lab lab;
    const auto stream = lab.connect({.host = host, .port = listener.port(), .tls = false});
    ASSERT_TRUE(stream) << stream.error().message;
    const testing::Fd accepted(listener.accept());
    ASSERT_GE(accepted.get(), 0);
    EXPECT_EQ(::send(accepted.get(), "hi", 2, 0), 2);
    EXPECT_EQ(run(lab.loop, receive(**stream)), "hi");
  }
}

TEST(Connector, OpensVerifiedTlsConnectionsAndResumesSessions) {
  Lab lab;
  Peer provider(lab.loop);
  const auto context = *TlsContext::client({.ca_file = Contexts::get().authority.certificate()});
  const Endpoint endpoint{.host = "localhost", .port = provider.port()};
  for (const bool resumed : {false, true}) {
    const auto stream =
        run(lab.loop, lab.connector.connect(endpoint, context.get(), never, nullptr));
    ASSERT_TRUE(stream) << stream.error().message;
    EXPECT_EQ(run(lab.loop, receive(**stream)), "hello");
    EXPECT_EQ((*stream)->tls()->resumed(), resumed);
  }
}

TEST(Connector, LeavesNoDeadlineAndNoTokenOnTheConnection) {
  LoopbackSocket listener;
  Lab lab;
  CancelToken token;
  const Endpoint endpoint{.host = "127.0.0.1", .port = listener.port(), .tls = false};
  const Time soon = Clock::now() + milliseconds(50);
  const auto stream = run(lab.loop, lab.connector.connect(endpoint, nullptr, soon, &token));
  ASSERT_TRUE(stream);
  token.cancel();
  Running<std::string> waiting(receive(**stream));
  run_until(lab.loop, [&] { return Clock::now() > soon + milliseconds(40); });
  EXPECT_FALSE(waiting.done());
}

TEST(Connector, ErrorsNameHostAddressAndReason) {
  Lab lab;
  LoopbackSocket refusing(LoopbackSocket::refusing);
  Peer closes_at_once(lab.loop), speaks_tls(lab.loop);
  closes_at_once.is_provider = false;
  closes_at_once.closes = true;
  const auto port = [](const auto& peer) { return std::to_string(peer.port()); };

  EXPECT_EQ(error_of(lab.connect({.host = "127.0.0.1", .port = refusing.port(), .tls = false})),
            "can't connect to 127.0.0.1:" + port(refusing) + ": connection refused");
  const Endpoint by_name{.host = "localhost", .port = refusing.port(), .tls = false};
  const std::string message = error_of(lab.connect(by_name));
  EXPECT_TRUE(message.starts_with("can't connect to localhost:" + port(refusing) + ": "))
      << message;
  EXPECT_NE(message.find("127.0.0.1: connection refused"), message.npos) << message;
  EXPECT_EQ(error_of(lab.connect({.host = "127.0.0.1", .port = closes_at_once.port()})),
            "can't connect to 127.0.0.1:" + port(closes_at_once) +
                ": the TLS handshake failed: the peer closed the connection");
  EXPECT_EQ(error_of(lab.connect({.host = "127.0.0.1", .port = speaks_tls.port()})),
            "can't connect to 127.0.0.1:" + port(speaks_tls) +
                ": certificate verify failed: IP address mismatch, the certificate is not for "
                "127.0.0.1");
}

TEST(Connector, EndsAtItsDeadlineWhileTheServerIsSilent) {
  Lab lab;
  LoopbackSocket silent;  // the kernel accepts, nobody shakes hands
  const Time deadline = Clock::now() + milliseconds(40);
  const auto stream = lab.connect({.host = "localhost", .port = silent.port()}, deadline);
  ASSERT_FALSE(stream);
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_EQ(stream.error().code, ErrorCode::timeout);
  EXPECT_EQ(stream.error().message, "can't connect to localhost:" + std::to_string(silent.port()) +
                                        ": the TLS handshake failed: timed out");
}

TEST(Connector, CanBeCancelledAndAbandonedDuringTheHandshake) {
  LoopbackSocket silent;
  const Endpoint endpoint{.host = "127.0.0.1", .port = silent.port()};
  Lab lab;
  CancelToken token;
  TlsContext* const tls = Contexts::get().client.get();
  Running<Connected> connecting(lab.connector.connect(endpoint, tls, never, &token));
  for (int i = 0; i < 3; i++) testing::turn(lab.loop);
  EXPECT_FALSE(connecting.done());
  token.cancel();
  ASSERT_TRUE(connecting.done());
  EXPECT_EQ(connecting.result().error().code, ErrorCode::cancelled);
  {
    const Running<Connected> abandoned(lab.connector.connect(endpoint, tls, never, nullptr));
    for (int i = 0; i < 3; i++) testing::turn(lab.loop);
  }
  testing::turn(lab.loop);
}

TEST(Connector, ACancelledTokenEndsItBeforeItBegins) {
  LoopbackSocket listener;
  CancelToken token;
  token.cancel();
  Lab lab;
  const Endpoint endpoint{.host = "127.0.0.1", .port = listener.port()};
  TlsContext* const tls = Contexts::get().client.get();
  const auto stream = run(lab.loop, lab.connector.connect(endpoint, tls, never, &token));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::cancelled);
}

// Proxies ----------------------------------------------------------------------------------------

// Everything goes through a proxy on the same loop.
struct ProxyLab {
  explicit ProxyLab(const std::string& authorization = "") {
    proxy.is_proxy = true;
    const ProxySettings::Proxy settings{
        .endpoint = {.host = "127.0.0.1", .port = proxy.port(), .tls = false},
        .authorization = authorization};
    connector.emplace(loop, std::make_shared<ProxySettings>(ProxySettings{
                                .http = settings, .https = settings, .exempt = {"127.0.0.1"}}));
  }
  Connected connect(const Endpoint& target, Time deadline = never) {
    return run(loop, connector->connect(target, Contexts::get().client.get(), deadline, nullptr));
  }

  Loop loop;
  Peer proxy{loop};
  std::optional<Connector> connector;
};

TEST(ConnectorProxy, ReachesTheProviderThroughATunnel) {
  ProxyLab lab("Basic dXNlcjpwYXNz");
  const auto stream = lab.connect({.host = "localhost", .port = 443});
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(run(lab.loop, receive(**stream)), "hello");
  ASSERT_EQ(lab.proxy.asked.size(), 1u);
  EXPECT_EQ(lab.proxy.asked[0],
            "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n"
            "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n");
}

TEST(ConnectorProxy, ReadsAReplyThatComesByteByByte) {
  ProxyLab lab;
  lab.proxy.byte_by_byte = true;
  lab.proxy.reply = "HTTP/1.0 200 OK\r\nProxy-agent: test\r\n\r\n";
  const auto stream = lab.connect({.host = "localhost", .port = 443});
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(run(lab.loop, receive(**stream)), "hello");
}

TEST(ConnectorProxy, BracketsIpv6Targets) {
  ProxyLab lab;
  lab.proxy.reply = "HTTP/1.1 403 Forbidden\r\n\r\n";
  lab.connect({.host = "2001:db8::1", .port = 8443});
  ASSERT_EQ(lab.proxy.asked.size(), 1u);
  EXPECT_TRUE(lab.proxy.asked[0].starts_with("CONNECT [2001:db8::1]:8443 HTTP/1.1\r\n"));
}

TEST(ConnectorProxy, ErrorsSayWhatTheProxyAnswered) {
  const std::string cases[][2] = {
      {"HTTP/1.1 403 Forbidden\r\n\r\n", "it answered 403 Forbidden"},
      {"HTTP/1.1 502\r\nx: y\r\n\r\n", "it answered 502"},
      {"HTTP/1.1 502 \x1b[31mbad\r\n\r\n", "it answered 502 ?[31mbad"},
      {"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
       "it wants credentials (407 Proxy Authentication Required); set "
       "http://user:password@host:port in HTTPS_PROXY"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "it does not answer as an HTTP proxy"},
      {"HTTP/1.1 2x0 OK\r\n\r\n", "it does not answer as an HTTP proxy"},
      {"HTTP/1.1\r\n\r\n", "it does not answer as an HTTP proxy"},
      {"HTTP/1.1 200 OK\r\n\r\nearly", "it sent data before the server could"},
      {"HTTP/1.1 200 OK\r\n" + std::string(9000, 'x'), "its reply head is too long"},
      {"HTTP/1.1 200 OK\r\n" + std::string(9000, 'x') + "\r\n\r\n", "its reply head is too long"},
      {"HTTP/1.1 503 " + std::string(500, 'x') + "\r\n\r\n",
       "it answered 503 " + std::string(76, 'x')},
      {"", "the peer closed the connection"},
  };
  for (const auto& [reply, reason] : cases) {
    ProxyLab lab;
    lab.proxy.reply = reply;
    lab.proxy.is_provider = false;
    lab.proxy.closes = reply.empty();
    EXPECT_EQ(error_of(lab.connect({.host = "api.example.com", .port = 443})),
              "can't reach api.example.com:443 through proxy 127.0.0.1:" +
                  std::to_string(lab.proxy.port()) + ": " + reason);
  }
}

TEST(ConnectorProxy, ASilentProxyEndsAtTheDeadline) {
  ProxyLab lab;
  lab.proxy.reply = "";
  lab.proxy.is_provider = false;
  const auto stream =
      lab.connect({.host = "api.example.com", .port = 443}, Clock::now() + milliseconds(30));
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::timeout);
  EXPECT_TRUE(stream.error().message.ends_with(": timed out")) << stream.error().message;
}

TEST(ConnectorProxy, IsNotAskedForADirectConnection) {
  Loop loop;
  LoopbackSocket refusing(LoopbackSocket::refusing), server;
  const ProxySettings::Proxy nobody{
      .endpoint = {.host = "127.0.0.1", .port = refusing.port(), .tls = false},
      .authorization = ""};
  Connector connector(
      loop, std::make_shared<ProxySettings>(ProxySettings{.http = nobody, .https = nobody}));
  const Endpoint endpoint{.host = "127.0.0.1", .port = server.port(), .tls = false};
  const WaitLimit limit{.deadline = Clock::now() + std::chrono::seconds(5)};
  const auto stream = run(loop, connector.connect_directly(endpoint, nullptr, limit));
  EXPECT_TRUE(stream) << stream.error().message;
}

TEST(ConnectorProxy, AProxyThatIsNotThereIsNamed) {
  LoopbackSocket refusing(LoopbackSocket::refusing);
  const ProxySettings::Proxy proxy{
      .endpoint = {.host = "127.0.0.1", .port = refusing.port(), .tls = false}};
  Loop loop;
  Connector connector(loop, std::make_shared<ProxySettings>(ProxySettings{.https = proxy}));
  const Endpoint target{.host = "api.example.com", .port = 443};
  const auto stream =
      run(loop, connector.connect(target, Contexts::get().client.get(), never, nullptr));
  EXPECT_EQ(error_of(stream), "can't connect to proxy 127.0.0.1:" +
                                  std::to_string(refusing.port()) + ": connection refused");
}

TEST(ConnectorProxy, PlainRequestsGoToTheProxyInAbsoluteForm) {
  ProxyLab lab("Basic dXNlcjpwYXNz");
  const Endpoint plain{.host = "api.example.com", .port = 80, .tls = false};
  std::string authorization;
  EXPECT_TRUE(lab.connector->absolute_form(plain, &authorization));
  EXPECT_EQ(authorization, "Basic dXNlcjpwYXNz");
  EXPECT_TRUE(lab.connector->absolute_form(plain, nullptr));
  const auto stream = lab.connect(plain);
  ASSERT_TRUE(stream) << stream.error().message;
  Address peer;
  peer.size = sizeof peer.storage;
  ::getpeername((*stream)->fd(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.size);
  EXPECT_EQ(peer.port(), lab.proxy.port());
}

TEST(ConnectorProxy, TunnelsAndExemptHostsNeedNoAbsoluteForm) {
  ProxyLab lab;
  EXPECT_FALSE(lab.connector->absolute_form({.host = "api.example.com"}, nullptr));
  EXPECT_FALSE(
      lab.connector->absolute_form({.host = "127.0.0.1", .port = 80, .tls = false}, nullptr));
  LoopbackSocket listener;
  ASSERT_TRUE(lab.connect({.host = "127.0.0.1", .port = listener.port(), .tls = false}));
  EXPECT_GE(testing::Fd(listener.accept()).get(), 0) << "it should have gone straight";
}

}  // namespace
}  // namespace sluice::io
