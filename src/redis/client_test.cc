// The client against real servers: order, faults, time, and what it says about them.
#include "redis/client.h"

#include "io/breaker.h"
#include "redis/fixture_for_test.h"

namespace sluice::redis {
namespace {

using io::testing::run;
using testing::RedisServer;
using namespace std::chrono_literals;

struct ClientTest : testing::RedisTest {};

TEST_F(ClientTest, KeepsWhatItIsTold) {
  RedisServer server;
  auto client = connect(server.options());
  std::string binary;
  for (int i = 0; i < 256; i++) binary += static_cast<char>(i);
  EXPECT_EQ(text(*client, {"SET", binary, binary}), "OK");
  EXPECT_EQ(text(*client, {"GET", binary}), binary);
  EXPECT_TRUE(ask(*client, {"GET", "nothing"})->is_nil());
  EXPECT_EQ(ask(*client, {"INCR", "n"})->integer, 1);
  EXPECT_TRUE(ask(*client, {"LPUSH", binary, "x"})->is_error());
}

TEST_F(ClientTest, ReachesAUnixSocketAndADatabase) {
  RedisServer server;
  RedisOptions options{.unix_socket = server.folder() + "/socket", .database = 3};
  auto client = connect(options);
  EXPECT_EQ(text(*client, {"SET", "k", "in three"}), "OK");
  auto other = connect(server.options());
  EXPECT_TRUE(ask(*other, {"GET", "k"})->is_nil());
  options.unix_socket += ".missing";
  EXPECT_NE(text(*connect(options), {"PING"}).find("no such file"), std::string::npos);
}

TEST_F(ClientTest, SendsItsPasswordAndSaysWhenItIsWrong) {
  RedisServer server({"--requirepass", "sesame"});
  RedisOptions options = server.options();
  EXPECT_NE(text(*connect(options), {"PING"}).find("set `password`"), std::string::npos);
  options.password = "opensesame";
  const std::string wrong = text(*connect(options), {"PING"});
  EXPECT_NE(wrong.find("check `password`"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("opensesame"), std::string::npos);
  options.password = "sesame";
  EXPECT_EQ(text(*connect(options), {"PING"}), "PONG");
}

io::Async<Done> count_up(Client& client, int number, io::WaitLimit limit, int& wrong) {
  const std::string key = "key-" + std::to_string(number % 50);
  const std::string value = key + std::string(static_cast<std::size_t>(number % 1000), 'v');
  const Command set{"SET", value, value}, get{"GET", value};
  const auto stored = co_await client.run(set, limit);
  const auto got = co_await client.run(get, limit);
  if (!stored || !got || got->text != value) wrong++;
  co_return Done{};
}

TEST_F(ClientTest, ThousandsAtOnceGetTheirOwnReplies) {
  RedisServer server;
  auto client = connect(server.options());
  int wrong = 0;
  io::Group group(loop);
  for (int i = 0; i < 5000; i++) group.spawn(count_up(*client, i, in(10s), wrong));
  run(loop, group.join());
  EXPECT_EQ(wrong, 0);
}

TEST_F(ClientTest, RunsSeveralInOrder) {
  RedisServer server;
  auto client = connect(server.options());
  const std::vector<Command> commands{{"SET", "a", "1"}, {"INCR", "a"}, {"GET", "a"}};
  const auto replies = run(loop, client->run_all(commands, in(5s)));
  ASSERT_TRUE(replies);
  EXPECT_EQ((*replies)[1].integer, 2);
  EXPECT_EQ((*replies)[2].text, "2");
}

TEST_F(ClientTest, AFrozenServerCostsAFewCallsTheirDeadlineAndTheOthersNothing) {
  RedisServer server;
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"SET", "k", "v"}), "OK");
  server.freeze();
  int timed_out = 0, refused = 0;
  for (int i = 0; i < 20; i++) {
    const auto reply = ask(*client, {"GET", "k"}, 20ms);
    ASSERT_FALSE(reply);
    (reply.error().code == ErrorCode::timeout ? timed_out : refused)++;
  }
  EXPECT_GE(timed_out, io::Breaker::most_failures);
  EXPECT_GT(refused, 0) << "the breaker answers at once";
  server.thaw();
  EXPECT_TRUE(until([&] { return text(*client, {"GET", "k"}) == "v"; })) << "it heals by itself";
}

TEST_F(ClientTest, ARestartIsSurvived) {
  RedisServer server;
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  server.stop();
  EXPECT_FALSE(ask(*client, {"PING"}));
  server.start();
  EXPECT_TRUE(until([&] { return text(*client, {"PING"}) == "PONG"; }));
}

TEST_F(ClientTest, TellsWhenAKeyChangesThatWasRead) {
  RedisServer server;
  auto client = connect(server.options());
  std::vector<std::string> changed;
  client->track([&changed](std::optional<std::string_view> key) {
    changed.push_back(key ? std::string(*key) : "everything");
  });
  EXPECT_EQ(text(*client, {"SET", "k", "1"}), "OK");
  EXPECT_EQ(text(*client, {"GET", "k"}), "1");
  EXPECT_TRUE(client->tracking());
  auto other = connect(server.options());
  EXPECT_EQ(text(*other, {"DEL", "k"}), "");
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  EXPECT_EQ(changed, std::vector<std::string>{"k"});
  EXPECT_EQ(text(*other, {"FLUSHALL"}), "OK");
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  EXPECT_EQ(changed.back(), "everything") << "all keys are gone";
  changed.clear();
  server.stop();
  EXPECT_FALSE(ask(*client, {"PING"}));
  EXPECT_EQ(changed, std::vector<std::string>{"everything"}) << "nobody tells any more";
}

TEST_F(ClientTest, AUserOfAnAclSignsIn) {
  RedisServer server({"--user", "me", "on", ">sesame", "~*", "+@all", "--user", "guest", "on",
                      "nopass", "~*", "+ping", "--user", "default", "off"});
  RedisOptions options = server.options();
  options.username = "me";
  EXPECT_NE(text(*connect(options), {"PING"}).find("check `password` and `username`"),
            std::string::npos);
  options.password = "sesame";
  EXPECT_EQ(text(*connect(options), {"PING"}), "PONG");
  options.username = "guest";
  options.password = "";
  EXPECT_EQ(text(*connect(options), {"PING"}), "PONG") << "who needs no password";
}

TEST_F(ClientTest, SomethingElseIsNoRedis) {
  RedisServer server;
  RedisOptions options = server.options();
  options.tls = true;
  options.tls_verify = false;
  const std::string wrong = text(*connect(options), {"PING"});
  EXPECT_NE(wrong.find("`ssl`"), std::string::npos) << wrong;
  options = server.options();
  options.nodes = {{.host = "127.0.0.1", .port = 1}};
  const std::string nobody = text(*connect(options), {"PING"});
  EXPECT_NE(nobody.find("`host`, `port`"), std::string::npos) << nobody;
}

}  // namespace
}  // namespace sluice::redis
