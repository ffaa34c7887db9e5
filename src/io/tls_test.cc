// TLS over sockets: the handshake as a coroutine, streams on top, and OpenSSL's own server.
#include "io/tls.h"

#include <sys/wait.h>

#include <csignal>
#include <iterator>
#include <latch>
#include <vector>

#include "io/testing.h"

namespace sluice::io {
namespace {

using std::chrono::milliseconds;
using testing::run;
using testing::run_until;
using testing::Running;

struct Contexts {
  testing::Authority authority;
  testing::Authority::Issued issued = authority.issue("DNS:localhost,IP:127.0.0.1");
  std::shared_ptr<TlsContext> server = *TlsContext::server(issued.certificate, issued.key);
  std::shared_ptr<TlsContext> client = *TlsContext::client({.ca_file = authority.certificate()});
  static Contexts& get() {
    static Contexts contexts;
    return contexts;
  }
};

// Two streams over one connection, with TLS, before the handshake.
struct Ends {
  Ends() {
    client->set_tls(Contexts::get().client->connect_to("localhost", 443));
    server->set_tls(Contexts::get().server->accept());
  }
  void shake() {
    Running<Status> accepting(handshake(*server)), connecting(handshake(*client));
    run_until(loop, [&] { return accepting.done() && connecting.done(); });
    EXPECT_TRUE(accepting.result()) << accepting.result().error().message;
    EXPECT_TRUE(connecting.result()) << connecting.result().error().message;
  }

  Loop loop;
  testing::TcpPair pair;
  std::optional<Stream> client{std::in_place, loop, pair.near.take()};
  std::optional<Stream> server{std::in_place, loop, pair.far.take()};
};

struct Got {
  std::string bytes;
  IoError error = IoError::none;
};

Async<Got> receive(Stream& stream) {
  const Received got = co_await stream.recv();
  co_return Got{.bytes = std::string(got.data, got.size), .error = got.error};
}

Async<Got> receive_bytes(Stream& stream, std::size_t count) {
  Got all;
  while (all.error == IoError::none && all.bytes.size() < count) {
    const Received got = co_await stream.recv();
    all.bytes.append(got.data, got.size);
    all.error = got.error;
  }
  co_return all;
}

Async<Got> receive_three(Stream& stream) {
  char buffer[3];
  const Received got = co_await stream.recv_into(buffer, sizeof buffer);
  co_return Got{.bytes = std::string(got.data, got.size), .error = got.error};
}

Async<IoError> send(Stream& stream, std::string_view head, std::string_view body) {
  co_return co_await stream.send({head, body});
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; i++) bytes[i] = static_cast<char>(i * 7 + i / 251);
  return bytes;
}

TEST(TlsStream, CarriesMuchMoreThanTheSocketsHoldBothWaysInTurn) {
  Ends ends;
  ends.shake();
  const std::string sent = pattern(8 << 20);
  for (auto [from, to] :
       {std::pair(&*ends.client, &*ends.server), {&*ends.server, &*ends.client}}) {
    Running<IoError> sending(send(*from, "head", sent));
    Running<Got> receiving(receive_bytes(*to, sent.size() + 4));
    run_until(ends.loop, [&] { return sending.done() && receiving.done(); });
    EXPECT_EQ(sending.result(), IoError::none);
    EXPECT_TRUE(receiving.result().bytes == "head" + sent);
  }
}

TEST(TlsStream, ReadsIntoSmallBuffersLoseNothing) {
  Ends ends;
  ends.shake();
  run(ends.loop, send(*ends.client, "0123456789", "abcdef"));
  std::string got;
  while (got.size() < 16) got += run(ends.loop, receive_three(*ends.server)).bytes;
  EXPECT_EQ(got, "0123456789abcdef");
}

TEST(TlsStream, ClosingSaysGoodbye) {
  Ends ends;
  ends.shake();
  ends.client.reset();
  char byte;
  EXPECT_EQ(::recv(ends.server->fd(), &byte, 1, MSG_PEEK), 1)
      << "close_notify comes before the end";
  EXPECT_EQ(run(ends.loop, receive(*ends.server)).error, IoError::end);
  EXPECT_EQ(run(ends.loop, receive(*ends.server)).error, IoError::end);
}

TEST(TlsStream, AfterItsOwnEndItStillReads) {
  Ends ends;
  ends.shake();
  ends.client->shut_send();
  EXPECT_EQ(run(ends.loop, receive(*ends.server)).error, IoError::end);
  run(ends.loop, send(*ends.server, "late ", "answer"));
  EXPECT_EQ(run(ends.loop, receive(*ends.client)).bytes, "late answer");
}

TEST(TlsStream, AnOpenButSilentPeerEndsAtTheDeadline) {
  Ends ends;
  ends.shake();
  ends.server->set_deadline(ends.loop.now());
  EXPECT_EQ(run(ends.loop, receive(*ends.server)).error, IoError::timeout);
}

TEST(TlsStream, IsNotQuietWhileDecryptedBytesWait) {
  Ends ends;
  ends.shake();
  run(ends.loop, send(*ends.client, "0123456789", "abcdef"));
  run(ends.loop, receive_three(*ends.server));
  EXPECT_FALSE(ends.server->is_quiet());
}

TEST(TlsHandshake, EndsAtTheStreamsDeadline) {
  Ends ends;
  const Time deadline = Clock::now() + milliseconds(30);
  ends.client->set_deadline(deadline);
  const Status shaken = run(ends.loop, handshake(*ends.client));  // the server says nothing
  ASSERT_FALSE(shaken);
  EXPECT_GE(Clock::now(), deadline);
  EXPECT_EQ(shaken.error().code, ErrorCode::timeout);
  EXPECT_EQ(shaken.error().message, "the TLS handshake failed: timed out");
}

TEST(TlsHandshake, EndsWhenCancelled) {
  Ends ends;
  CancelToken token;
  ends.client->set_cancel(&token);
  Running<Status> shaking(handshake(*ends.client));
  token.cancel();
  ASSERT_TRUE(shaking.done());
  EXPECT_EQ(shaking.result().error().code, ErrorCode::cancelled);
}

TEST(TlsHandshake, MayBeAbandonedHalfway) {
  Ends ends;
  {
    const Running<Status> shaking(handshake(*ends.client));
  }
  ends.client.reset();
  const Status accepted = run(ends.loop, handshake(*ends.server));
  ASSERT_FALSE(accepted);
  EXPECT_EQ(accepted.error().blame, Blame::client);
}

TEST(TlsHandshake, APeerThatClosesIsNamedAsTheReason) {
  Ends ends;
  ends.server.reset();
  const Status shaken = run(ends.loop, handshake(*ends.client));
  ASSERT_FALSE(shaken);
  EXPECT_EQ(shaken.error().message, "the TLS handshake failed: the peer closed the connection");
}

TEST(TlsHandshake, ARefusedCertificateIsToldToTheServer) {
  Ends ends;
  ends.client->set_tls(Contexts::get().client->connect_to("api.example.com", 443));
  Running<Status> accepting(handshake(*ends.server)), connecting(handshake(*ends.client));
  run_until(ends.loop, [&] { return accepting.done() && connecting.done(); });
  EXPECT_EQ(connecting.result().error().message,
            "certificate verify failed: hostname mismatch, the certificate is not for "
            "api.example.com");
  EXPECT_EQ(accepting.result().error().blame, Blame::client);
  EXPECT_EQ(accepting.result().error().message,
            "the TLS handshake failed: sslv3 alert bad certificate");
}

// Counts `ended` down when the client has gone.
Detached say_hello(Loop& loop, int fd, std::latch& ended) {
  Stream stream(loop, fd);
  stream.set_tls(Contexts::get().server->accept());
  const Status shaken = co_await handshake(stream);
  EXPECT_TRUE(shaken);
  const std::string_view hello = "hello";
  co_await stream.send({hello});
  co_await stream.recv();
  ended.count_down();
}

// One context serves loops on several threads.
TEST(TlsHandshake, LoopsShareContextsAndSessions) {
  testing::TcpPair pairs[8];
  std::latch ended(std::size(pairs));
  Contexts::get();  // before there are two threads
  testing::LoopThread other;
  for (testing::TcpPair& pair : pairs)
    other.loop.post([&, fd = pair.far.take()] { say_hello(other.loop, fd, ended); });
  Loop loop;
  for (testing::TcpPair& pair : pairs) {
    Stream stream(loop, pair.near.take());
    stream.set_tls(Contexts::get().client->connect_to("localhost", 443));
    const Status shaken = run(loop, handshake(stream));
    ASSERT_TRUE(shaken) << shaken.error().message;
    EXPECT_EQ(run(loop, receive(stream)).bytes, "hello");
  }
  ended.wait();
}

// `openssl s_server`, answering every line with the line reversed.
class OpensslServer {
 public:
  explicit OpensslServer(const char* version, std::vector<std::string> more_arguments = {}) {
    const auto& [certificate, key] = Contexts::get().issued;
    std::vector<std::string> arguments = {"openssl", "s_server",  "-accept", "127.0.0.1:0",
                                          "-rev",    version,     "-alpn",   "h2,http/1.1",
                                          "-cert",   certificate, "-key",    key};
    arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    int out[2];
    EXPECT_EQ(::pipe(out), 0);
    child_ = ::fork();
    if (child_ == 0) {
      ::dup2(out[1], 1);
      ::dup2(::open("/dev/null", O_WRONLY), 2);
      ::execvp("openssl", pointers.data());
      ::_exit(1);
    }
    ::close(out[1]);
    FILE* lines = ::fdopen(out[0], "r");
    char line[256];
    while (port_ == 0 && std::fgets(line, sizeof line, lines) != nullptr)
      std::sscanf(line, "ACCEPT 127.0.0.1:%d", &port_);
    output_ = lines;
  }
  ~OpensslServer() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    std::fclose(output_);
  }
  int port() const { return port_; }

 private:
  pid_t child_ = -1;
  int port_ = 0;
  FILE* output_ = nullptr;
};

testing::Fd connect_to(int port) {
  const Address target = *Address::from_literal("127.0.0.1", port);
  testing::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(fd.get(), target.get(), target.size), 0);
  ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
  return fd;
}

TEST(TlsInterop, OpensslsServerUnderstandsUsAndResumesInBothVersions) {
  for (const char* version : {"-tls1_2", "-tls1_3"}) {
    const OpensslServer server(version);
    ASSERT_NE(server.port(), 0) << "is the openssl command there?";
    for (const bool resumed : {false, true, true}) {
      Loop loop;
      Stream stream(loop, connect_to(server.port()).take());
      stream.set_tls(Contexts::get().client->connect_to("localhost", server.port()));
      const Status shaken = run(loop, handshake(stream));
      ASSERT_TRUE(shaken) << shaken.error().message;
      EXPECT_EQ(stream.tls()->alpn(), "http/1.1");
      EXPECT_EQ(stream.tls()->resumed(), resumed) << version;
      run(loop, send(stream, "hello ", "there\n"));
      EXPECT_EQ(run(loop, receive_bytes(stream, 12)).bytes, "ereht olleh\n");
    }
  }
}

TEST(TlsInterop, TheServerIsToldWhichNameIsMeant) {
  // The certificate for whoever asks for "named.example.com"; others get that of localhost.
  const auto named = Contexts::get().authority.issue("DNS:named.example.com");
  const OpensslServer server("-tls1_3", {"-servername", "named.example.com", "-cert2",
                                         named.certificate, "-key2", named.key});
  Loop loop;
  Stream stream(loop, connect_to(server.port()).take());
  stream.set_tls(Contexts::get().client->connect_to("named.example.com", server.port()));
  const Status shaken = run(loop, handshake(stream));
  EXPECT_TRUE(shaken) << shaken.error().message;
}

TEST(TlsInterop, OldVersionsAreRefused) {
  const OpensslServer server("-tls1_1");
  Loop loop;
  Stream stream(loop, connect_to(server.port()).take());
  stream.set_tls(Contexts::get().client->connect_to("localhost", server.port()));
  EXPECT_FALSE(run(loop, handshake(stream)));
}

}  // namespace
}  // namespace sluice::io
