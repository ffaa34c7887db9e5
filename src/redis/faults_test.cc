// Faults of servers and networks: each call ends in time, with its own reply or an error that says
// what to look at.
#include "redis/failure.h"
#include "redis/fixture_for_test.h"
#include "redis/node.h"
#include "redis/peers_for_test.h"

namespace sluice::redis {
namespace {

using io::testing::run;
using io::testing::run_until;
using io::testing::Running;
using testing::Callers;
using testing::FakeServer;
using testing::RedisServer;
using testing::SlowLink;
using namespace std::chrono_literals;

struct FaultsTest : testing::RedisTest {
  // Whether the text of the error to a PING names it.
  ::testing::AssertionResult says(RedisOptions options, const std::string& expected) {
    options.connect_timeout = 500ms;
    const std::string message = text(*connect(std::move(options)), {"PING"});
    if (message.starts_with("error: ") && message.find(expected) != std::string::npos)
      return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << message;
  }
};

io::Async<Done> get(Client& client, std::string key, io::WaitLimit limit,
                    std::optional<Result<Reply>>& result) {
  const Command command{"GET", key};
  result.emplace(co_await client.run(command, limit));
  co_return Done{};
}

TEST_F(FaultsTest, APausedServerFailsInTimeAndItsLateRepliesReachNobody) {
  RedisServer server;
  auto client = connect(server.options());
  for (const char* key : {"a", "b"}) EXPECT_EQ(text(*client, {"SET", key, key}), "OK");
  EXPECT_EQ(tell(server.port(), {"CLIENT", "PAUSE", "150"}), "OK");
  EXPECT_EQ(ask(*client, {"GET", "a"}, 20ms).error().code, ErrorCode::timeout);
  EXPECT_EQ(text(*client, {"GET", "b"}), "b") << "the reply to the first came before";
}

TEST_F(FaultsTest, EachOfManyCallsEndsByItsDeadlineThoughTheServerIsFrozen) {
  RedisServer server;
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  server.freeze();
  std::vector<std::optional<Result<Reply>>> results(2000);
  io::Group group(loop);
  const io::WaitLimit limit = in(20ms);
  for (auto& result : results) group.spawn(get(*client, "k", limit, result));
  run(loop, group.join());
  for (const auto& result : results) {
    ASSERT_FALSE(*result);
    EXPECT_EQ(result->error().code, ErrorCode::timeout);
  }
}

TEST_F(FaultsTest, ACancelledCallLeavesItsPlaceAndNoOther) {
  RedisServer server;
  auto client = connect(server.options());
  for (const char* key : {"a", "b", "c"}) EXPECT_EQ(text(*client, {"SET", key, key}), "OK");
  io::CancelToken token;
  std::optional<Result<Reply>> a, b, c;
  Running<Done> first(get(*client, "a", in(5s), a));
  Running<Done> second(get(*client, "b", {.deadline = in(5s).deadline, .cancel = &token}, b));
  Running<Done> third(get(*client, "c", in(5s), c));
  token.cancel();
  ASSERT_TRUE(second.done());
  EXPECT_EQ(b->error().code, ErrorCode::cancelled);
  run_until(loop, [&] { return first.done() && third.done(); });
  EXPECT_EQ((*a)->text, "a");
  EXPECT_EQ((*c)->text, "c");
}

TEST_F(FaultsTest, AnAbandonedCallLeavesItsPlaceToo) {
  RedisServer server;
  auto client = connect(server.options());
  for (const char* key : {"a", "b"}) EXPECT_EQ(text(*client, {"SET", key, key}), "OK");
  std::optional<Result<Reply>> a, b;
  auto first = std::make_unique<Running<Done>>(get(*client, "a", in(5s), a));
  Running<Done> second(get(*client, "b", in(5s), b));
  first.reset();
  run_until(loop, [&] { return second.done(); });
  EXPECT_EQ((*b)->text, "b");
  EXPECT_FALSE(a);
}

TEST_F(FaultsTest, ACutInTheMiddleOfAReplyFailsThoseWhoWaitAndNobodyElse) {
  RedisServer server;
  SlowLink link(loop, server.port());
  auto client = connect(link.options());
  const std::string big(300'000, 'x');
  EXPECT_EQ(text(*client, {"SET", "big", big}), "OK");
  EXPECT_EQ(text(*client, {"SET", "small", "s"}), "OK");
  link.cut_after = 100'000;
  std::optional<Result<Reply>> a, b;
  Running<Done> first(get(*client, "big", in(5s), a)), second(get(*client, "small", in(5s), b));
  run_until(loop, [&] { return first.done() && second.done(); });
  EXPECT_FALSE(*a);
  EXPECT_FALSE(*b);
  link.cut_after = std::string::npos;
  EXPECT_EQ(text(*client, {"GET", "small"}), "s");
  EXPECT_EQ(text(*client, {"GET", "big"}), big);
}

TEST_F(FaultsTest, ASlowNetworkMixesNothingUp) {
  RedisServer server;
  SlowLink link(loop, server.port());
  link.piece = 1000;
  link.delay = 1ms;
  RedisOptions options = link.options();
  options.deadline = 10s;
  auto client = connect(options);
  Callers callers(loop, *client, 20, 300ms);
  run_until(loop, [&] { return callers.answered + callers.failed > 300; });
  callers.finish();
  EXPECT_EQ(callers.wrong, 0);
  EXPECT_EQ(callers.late, 0);
  EXPECT_GT(callers.answered, 0);
}

// One that reads nothing while it writes would wait for us to read, as we wait for it.
TEST_F(FaultsTest, RepliesAreReadWhileCommandsAreSent) {
  FakeServer echo(loop, [](const FakeServer::Words& words) {
    if (words[0] == "HELLO") return std::string("%0\r\n");
    return "$" + std::to_string(words[1].size()) + "\r\n" + words[1] + "\r\n";
  });
  auto client = connect(echo.options());
  const std::string big(20'000, 'x');
  std::vector<Command> commands;
  for (int i = 0; i < 1000; i++) commands.push_back({"ECHO", big});
  const auto replies = run(loop, client->run_all(commands, in(10s)));
  ASSERT_TRUE(replies) << replies.error().message;
  for (const Reply& reply : *replies) ASSERT_EQ(reply.text, big);
}

TEST_F(FaultsTest, TooManyOutstandingCommandsAreRefusedAtOnce) {
  RedisServer server;
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  server.freeze();
  std::vector<std::optional<Result<Reply>>> results(Node::most_waiting + 1);
  io::Group group(loop);
  for (auto& result : results) group.spawn(get(*client, "k", in(10s), result));
  ASSERT_TRUE(results.back()) << "the last one has its answer already";
  EXPECT_NE(results.back()->error().message.find("too far behind"), std::string::npos);
  EXPECT_FALSE(results.front());
  server.thaw();
  run(loop, group.join());
  EXPECT_TRUE(*results.front());
  const std::string huge(Node::most_bytes, 'x');
  EXPECT_NE(text(*client, {"SET", "k", huge}).find("too far behind"), std::string::npos);
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
}

TEST_F(FaultsTest, AServerThatIsAlwaysTooSlowIsLeftAloneUntilItIsFast) {
  RedisServer server;
  SlowLink link(loop, server.port());
  auto client = connect(link.options());
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  link.delay = 60ms;
  ASSERT_TRUE(until([&] {
    const auto reply = ask(*client, {"PING"}, 20ms);
    return !reply && reply.error().message.find("not asked") != std::string::npos;
  }));
  const std::size_t received = link.received;
  constexpr std::size_t three_pongs = 3 * 7;
  ASSERT_TRUE(until([&] { return link.received >= received + three_pongs; })) << "probes, too late";
  const auto still = ask(*client, {"PING"}, 20ms);
  ASSERT_FALSE(still);
  EXPECT_NE(still.error().message.find("not asked"), std::string::npos);
  link.delay = 0ms;
  EXPECT_TRUE(until([&] { return ask(*client, {"PING"}, 20ms).has_value(); }));
}

TEST_F(FaultsTest, WhoIsInAHurryDoesNotOpenTheBreaker) {
  RedisServer server;
  SlowLink link(loop, server.port());
  link.delay = 10ms;
  RedisOptions options = link.options();
  options.deadline = 1s;
  auto client = connect(options);
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  for (int i = 0; i < 10; i++) EXPECT_FALSE(ask(*client, {"PING"}, 1ms));
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
}

TEST_F(FaultsTest, AnOutageIsLoggedOnceForAllLoopsAndOnceAtItsEnd) {
  RedisServer server;
  auto one = connect(server.options()), other = connect(server.options());
  for (auto* client : {&one, &other}) EXPECT_EQ(text(**client, {"PING"}), "PONG");
  ::testing::internal::CaptureStderr();
  server.freeze();
  const auto is_left_alone = [&](Client& client) {
    const auto reply = ask(client, {"PING"}, 20ms);
    return !reply && reply.error().message.find("not asked") != std::string::npos;
  };
  EXPECT_TRUE(until([&] { return is_left_alone(*one); }));
  EXPECT_TRUE(until([&] { return is_left_alone(*other); }));
  server.thaw();
  for (auto* client : {&one, &other})
    EXPECT_TRUE(until([&] { return ask(**client, {"PING"}, 20ms).has_value(); }));
  const std::string log = ::testing::internal::GetCapturedStderr();
  const auto count = [&log](std::string_view words) {
    int found = 0;
    for (std::size_t at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
      found++;
    return found;
  };
  const std::string name = "redis 127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(count(name + " does not answer: timed out; answering without it"), 1) << log;
  EXPECT_EQ(count(name + " answers again"), 1) << log;
  EXPECT_EQ(count("calls_without="), 1) << log;
}

TEST_F(FaultsTest, AServerThatIsFullOrAReplicaSaysSo) {
  RedisServer full({"--maxmemory", "100kb", "--maxmemory-policy", "noeviction"});
  auto client = connect(full.options());
  const auto stored = ask(*client, {"SET", "k", "v"});
  ASSERT_TRUE(stored && stored->is_error());
  EXPECT_NE(refusal("redis", stored->text).message.find("`maxmemory`"), std::string::npos);
  EXPECT_TRUE(ask(*client, {"GET", "k"})->is_nil()) << "reading works on";

  RedisServer replica({"--replicaof", "127.0.0.1 " + std::to_string(full.port())});
  client = connect(replica.options());
  const auto written = ask(*client, {"SET", "k", "v"});
  ASSERT_TRUE(written && written->is_error());
  EXPECT_NE(refusal("redis", written->text).message.find("name the master in `host`"),
            std::string::npos);
}

TEST_F(FaultsTest, ErrorsNameTheSettingToLookAt) {
  RedisServer server;
  RedisOptions options = server.options();
  options.database = 99;
  EXPECT_TRUE(says(options, "check `db`"));
  FakeServer http(loop, [](const auto&) { return "HTTP/1.1 400 Bad Request\r\n\r\n"; });
  EXPECT_TRUE(says(http.options(), "does not speak Redis' protocol; check `host`, `port`"));
  FakeServer silent(loop, [](const auto&) { return ""; });
  EXPECT_TRUE(says(silent.options(), "timed out; check `host`, `port` and `ssl`"));
  FakeServer rude(loop, [](const auto&) { return std::nullopt; });
  EXPECT_TRUE(says(rude.options(), "closed the connection; check `host`, `port` and `ssl`"));
  FakeServer crowded(loop, [](const auto&) { return "-ERR max number of clients reached\r\n"; });
  EXPECT_TRUE(says(crowded.options(), "look at its `maxclients`"));
  EXPECT_TRUE(says({.unix_socket = "/nowhere/socket"}, "check `unix_socket_path`"));
}

TEST_F(FaultsTest, AReplyThatNobodyAskedForEndsTheConnection) {
  bool babbles = true;
  FakeServer server(loop, [&](const FakeServer::Words& words) {
    if (words[0] == "HELLO") return std::string("%0\r\n");
    return std::string(std::exchange(babbles, false) ? "+PONG\r\n+PONG\r\n" : "$1\r\nv\r\n");
  });
  auto client = connect(server.options());
  EXPECT_EQ(text(*client, {"PING"}), "PONG");
  EXPECT_EQ(text(*client, {"GET", "k"}), "v") << "not the second +PONG";
}

TEST_F(FaultsTest, ServersWithoutHelloAreGreetedTheOldWay) {
  RedisServer server({"--rename-command", "HELLO", "", "--requirepass", "sesame"});
  RedisOptions options = server.options();
  options.database = 2;
  EXPECT_TRUE(says(options, "set `password`"));
  options.password = "opensesame";
  const std::string wrong = text(*connect(options), {"PING"});
  EXPECT_NE(wrong.find("check `password`"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("sesame"), std::string::npos) << wrong;
  options.password = "sesame";
  auto client = connect(options);
  client->track([](auto) {});
  EXPECT_EQ(text(*client, {"SET", "k", "v"}), "OK");
  EXPECT_EQ(text(*client, {"GET", "k"}), "v");
  EXPECT_FALSE(client->tracking()) << "RESP2 has no pushes";
}

TEST_F(FaultsTest, AProxyThatHangsUpAtHelloIsGreetedTheOldWay) {
  FakeServer proxy(loop, [](const FakeServer::Words& words) -> std::optional<std::string> {
    if (words[0] == "HELLO") return std::nullopt;
    return words[0] == "PING" ? "+PONG\r\n" : "$1\r\nv\r\n";
  });
  EXPECT_EQ(text(*connect(proxy.options()), {"GET", "k"}), "v");
}

// The frames of the client, its node and the stream are below the one that ends it.
io::Async<Done> end_with_the_reply(std::unique_ptr<Client> client, io::WaitLimit limit,
                                   std::string& got) {
  const Command ping{"PING"};
  const auto reply = co_await client->run(ping, limit);
  got = reply ? reply->text : reply.error().message;
  client.reset();
  co_return Done{};
}

TEST_F(FaultsTest, TheLastCallerMayEndTheClient) {
  RedisServer server;
  auto client = connect(server.options());
  Client& shared = *client;
  std::string got;
  std::optional<Result<Reply>> waiting;
  Running<Done> last(end_with_the_reply(std::move(client), in(5s), got));
  Running<Done> other(get(shared, "k", in(5s), waiting));
  run_until(loop, [&] { return last.done() && other.done(); });
  EXPECT_EQ(got, "PONG");
  ASSERT_FALSE(*waiting);
  EXPECT_NE(waiting->error().message.find("not needed any more"), std::string::npos);

  RedisOptions nobody = server.options();
  nobody.nodes = {{.host = "127.0.0.1", .port = 1}};
  run(loop, end_with_the_reply(connect(nobody), in(5s), got));
  EXPECT_NE(got.find("connection refused"), std::string::npos) << got;
}

// A node with a short heartbeat.
TEST_F(FaultsTest, AConnectionThatIsCutWithoutAWordIsNoticed) {
  RedisServer server;
  SlowLink link(loop, server.port());
  int forgotten = 0;
  const auto node = std::make_shared<Node>(
      loop, connector,
      Node::Settings{
          .address = link.options().nodes[0], .sign_in = {.tracks = true}, .heartbeat = 50ms},
      [&forgotten](std::optional<std::string_view> key) { forgotten += key ? 0 : 1; });
  const std::vector<std::string_view> read{"GET", "k"};
  EXPECT_TRUE(run(loop, node->run(read, in(5s)))->is_nil());
  const std::size_t received = link.received;
  EXPECT_TRUE(until([&] { return link.received > received; })) << "a heartbeat's answer";
  EXPECT_TRUE(node->tracking());
  EXPECT_EQ(forgotten, 0);
  server.freeze();
  EXPECT_TRUE(until([&] { return forgotten == 1; }));
  EXPECT_FALSE(node->tracking());
  node->close();
}

}  // namespace
}  // namespace sluice::redis
