// TLS to a real server: verification, our own authority and certificate, and what is said when one
// side does not speak it.
#include "redis/fixture_for_test.h"

namespace sluice::redis {
namespace {

using io::testing::run;
using testing::RedisServer;

struct TlsTest : testing::RedisTest {
  void SetUp() override {
    RedisTest::SetUp();
    if (IsSkipped()) return;
    if (std::system("ldd \"$(command -v redis-server)\" | grep -q libssl") != 0)
      GTEST_SKIP() << "redis-server is built without TLS";
  }
  // Takes TLS alone on its port.
  std::vector<std::string> arguments(const std::string& clients) {
    const int port = testing::free_port();
    return {"--tls-port",         std::to_string(port),
            "--tls-cert-file",    issued.certificate,
            "--tls-key-file",     issued.key,
            "--tls-ca-cert-file", authority.certificate(),
            "--tls-auth-clients", clients};
  }
  RedisOptions options_of(const std::vector<std::string>& arguments) const {
    return {.nodes = {{.host = "localhost", .port = std::stoi(arguments[1])}},
            .tls = true,
            .tls_ca_file = authority.certificate()};
  }
  io::testing::Authority authority;
  io::testing::Authority::Issued issued = authority.issue("DNS:localhost");
};

TEST_F(TlsTest, CarriesManyAndBigCommands) {
  const auto args = arguments("no");
  RedisServer server(args);
  auto client = connect(options_of(args));
  const std::string big(3'000'000, 'x');
  std::vector<Command> commands;
  for (int i = 0; i < 10; i++) {
    commands.push_back({"SET", "k", big});
    commands.push_back({"GET", "k"});
  }
  const auto replies = run(loop, client->run_all(commands, in(Time(15'000))));
  ASSERT_TRUE(replies) << replies.error().message;
  for (std::size_t i = 1; i < replies->size(); i += 2) EXPECT_EQ((*replies)[i].text, big);
}

TEST_F(TlsTest, ShowsACertificateToAServerThatAsksForOne) {
  const auto args = arguments("yes");
  RedisServer server(args);
  RedisOptions options = options_of(args);
  const std::string refused = text(*connect(options), {"PING"});
  EXPECT_NE(refused.find("check `host`, `port` and `ssl`"), std::string::npos) << refused;
  const auto own = authority.issue("DNS:client");
  options.tls_certificate = own.certificate;
  options.tls_key = own.key;
  EXPECT_EQ(text(*connect(options), {"PING"}), "PONG");
  options.tls_key = "/nowhere/key.pem";
  EXPECT_NE(text(*connect(options), {"PING"}).find("/nowhere/key.pem"), std::string::npos);
}

TEST_F(TlsTest, VerifiesTheServerUnlessToldNotTo) {
  const auto args = arguments("no");
  RedisServer server(args);
  RedisOptions options = options_of(args);
  options.tls_ca_file = io::testing::Authority().certificate();
  EXPECT_NE(text(*connect(options), {"PING"}).find("/ca.pem: no such file"), std::string::npos);
  const io::testing::Authority other;
  options.tls_ca_file = other.certificate();
  const std::string stranger = text(*connect(options), {"PING"});
  EXPECT_NE(stranger.find("trust it with ssl_ca_certs: "), std::string::npos) << stranger;
  options.tls_verify = false;
  EXPECT_EQ(text(*connect(options), {"PING"}), "PONG");
  options = options_of(args);
  options.nodes[0].host = "127.0.0.1";
  const std::string misnamed = text(*connect(options), {"PING"});
  EXPECT_NE(misnamed.find("the certificate is not for 127.0.0.1"), std::string::npos) << misnamed;
}

TEST_F(TlsTest, ASideThatSpeaksNoTlsIsFoundOut) {
  const auto args = arguments("no");
  RedisServer server(args);
  RedisOptions options = options_of(args);
  options.tls = false;
  options.connect_timeout = Time(500);
  const std::string plain_client = text(*connect(options), {"PING"});
  EXPECT_NE(plain_client.find("check `host`, `port` and `ssl`"), std::string::npos) << plain_client;
  options = server.options();
  options.tls = true;
  options.connect_timeout = Time(500);
  const std::string plain_server = text(*connect(options), {"PING"});
  EXPECT_NE(plain_server.find("check `host`, `port` and `ssl`"), std::string::npos) << plain_server;
}

}  // namespace
}  // namespace sluice::redis
