// The client against real servers: order, faults, time, and what it says about them.
#include "redis/client.h"

#include "io/group.h"
#include "io/testing.h"
#include "redis/redis_server_for_test.h"

namespace sluice::redis {
namespace {

using io::testing::run;
using testing::RedisServer;
using namespace std::chrono_literals;

struct ClientTest : ::testing::Test {
  void SetUp() override {
    if (!RedisServer::available()) GTEST_SKIP() << "redis-server is not installed";
  }
  io::WaitLimit in(std::chrono::milliseconds time) { return {.deadline = io::Clock::now() + time}; }
  std::unique_ptr<Client> connect(RedisOptions options) {
    return std::make_unique<Client>(loop, connector,
                                    std::make_shared<const RedisOptions>(std::move(options)));
  }
  Result<Reply> ask(Client& client, const Command& command,
                    std::chrono::milliseconds time = 5000ms) {
    return run(loop, client.run(command, in(time)));
  }
  std::string text(Client& client, const Command& command) {
    const auto reply = ask(client, command);
    return reply ? reply->text : "error: " + reply.error().message;
  }

  io::Loop loop;
  io::Connector connector{loop, nullptr};
};

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

TEST_F(ClientTest, AFrozenServerCostsNoMoreThanTheDeadline) {
  RedisServer server;
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"SET", "k", "v"}), "OK");
  server.freeze();
  int slow = 0;
  const io::Time begin = io::Clock::now();
  for (int i = 0; i < 20; i++) {
    const io::Time sent = io::Clock::now();
    const auto reply = ask(*client, {"GET", "k"}, 20ms);
    EXPECT_FALSE(reply);
    if (io::Clock::now() - sent > 10ms) slow++;
  }
  EXPECT_LE(slow, 4) << "after a few the breaker answers at once";
  EXPECT_LT(io::Clock::now() - begin, 2s);
  server.thaw();
  const io::Time give_up = io::Clock::now() + 15s;
  while (text(*client, {"GET", "k"}) != "v" && io::Clock::now() < give_up) {
    io::Pause pause(loop, {.deadline = io::Clock::now() + 20ms});
    const auto sleep = [&pause]() -> io::Async<Done> {
      co_await pause;
      co_return Done{};
    };
    run(loop, sleep());
  }
  EXPECT_EQ(text(*client, {"GET", "k"}), "v") << "it heals by itself, and replies are in step";
}

TEST_F(ClientTest, ARestartIsSurvived) {
  RedisServer server;
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  server.stop();
  EXPECT_FALSE(ask(*client, {"PING"}));
  server.start();
  const io::Time give_up = io::Clock::now() + 15s;
  while (!ask(*client, {"PING"}) && io::Clock::now() < give_up) {
    io::Pause pause(loop, {.deadline = io::Clock::now() + 20ms});
    const auto sleep = [&pause]() -> io::Async<Done> {
      co_await pause;
      co_return Done{};
    };
    run(loop, sleep());
  }
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
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
  server.stop();
  EXPECT_FALSE(ask(*client, {"PING"}));
  EXPECT_EQ(changed.back(), "everything") << "nobody tells any more";
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
