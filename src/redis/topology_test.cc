// Sentinel and Cluster, with real servers that fail over while many callers are at work.
#include <array>

#include "redis/failure.h"
#include "redis/fixture_for_test.h"
#include "redis/peers_for_test.h"
#include "redis/servers.h"

namespace sluice::redis {
namespace {

using io::testing::run;
using io::testing::run_until;
using io::testing::Running;
using testing::Callers;
using testing::RedisServer;
using namespace std::chrono_literals;

TEST(Slot, IsThatOfTheClusterSpecification) {
  EXPECT_EQ(slot_of("123456789"), 0x31c3u & 16383);
  EXPECT_EQ(slot_of(""), 0u);
  EXPECT_EQ(slot_of("{user}.a"), slot_of("{user}.b"));
  EXPECT_EQ(slot_of("{user}.a"), slot_of("user"));
  EXPECT_EQ(slot_of("a{b}{c}"), slot_of("b")) << "the first tag counts";
  EXPECT_EQ(slot_of("{{b}}"), slot_of("{b"));
  EXPECT_NE(slot_of("{}.a"), slot_of("{}.b")) << "an empty tag is none";
}

// A master, its replica and a sentinel with a password that watches them.
struct SentinelTest : testing::RedisTest {
  void SetUp() override {
    RedisTest::SetUp();
    if (IsSkipped()) return;
    master =
        std::make_unique<RedisServer>(std::vector<std::string>{"--repl-diskless-sync-delay", "0"});
    replica = std::make_unique<RedisServer>(
        std::vector<std::string>{"--replicaof", "127.0.0.1 " + std::to_string(master->port())});
    const std::string file = master->folder() + "/sentinel.conf";
    std::ofstream(file) << "requirepass watchword\n"
                        << "sentinel monitor main 127.0.0.1 " << master->port() << " 1\n"
                        << "sentinel down-after-milliseconds main 300\n"
                        << "sentinel failover-timeout main 2000\n";
    sentinel = std::make_unique<RedisServer>(std::vector<std::string>{file, "--sentinel"});
    ASSERT_TRUE(until([&] {
      return tell(master->port(), {"INFO", "replication"}).find("state=online") !=
             std::string::npos;
    }));
    RedisOptions direct = sentinel->options();
    direct.password = "watchword";
    const auto asked = connect(direct);
    ASSERT_TRUE(until([&] {
      const auto replicas = ask(*asked, {"SENTINEL", "REPLICAS", "main"});
      return replicas && replicas->items.size() == 1;
    }));
  }
  RedisOptions options() const {
    return {.topology = RedisTopology::sentinel,
            .nodes = {{.host = "127.0.0.1", .port = 1},
                      {.host = "127.0.0.1", .port = sentinel->port()}},
            .service_name = "main",
            .sentinel_password = "watchword",
            .connect_timeout = 300ms};
  }
  std::unique_ptr<RedisServer> master, replica, sentinel;
};

TEST_F(SentinelTest, TheMasterIsFollowedWhileManyWork) {
  auto client = connect(options());
  int forgotten = 0;
  client->track([&forgotten](std::optional<std::string_view> key) { forgotten += key ? 0 : 1; });
  EXPECT_EQ(text(*client, {"SET", "k", "v"}), "OK");
  EXPECT_TRUE(client->tracking());
  Callers callers(loop, *client, 20, 1s);
  run_until(loop, [&] { return callers.answered > 200; });
  EXPECT_EQ(callers.failed, 0);
  forgotten = 0;
  master->stop();
  const auto all_well = [&] {
    return std::count(callers.well.begin(), callers.well.end(), true) == 20;
  };
  EXPECT_TRUE(until([&] { return text(*client, {"SET", "k", "w"}, 100ms) == "OK"; }));
  EXPECT_TRUE(until(all_well)) << "the replica is the master now";
  callers.finish();
  EXPECT_EQ(callers.wrong, 0);
  EXPECT_EQ(callers.late, 0);
  EXPECT_GE(forgotten, 1) << "what was read at the old master is watched no more";
  EXPECT_EQ(tell(replica->port(), {"GET", "k"}), "w");
}

TEST_F(SentinelTest, AMasterThatBecomesAReplicaIsLeft) {
  auto client = connect(options());
  EXPECT_EQ(text(*client, {"SET", "k", "v"}), "OK");
  RedisOptions direct = sentinel->options();
  direct.password = "watchword";
  const auto asked = connect(direct);
  EXPECT_TRUE(until([&] { return text(*asked, {"SENTINEL", "FAILOVER", "main"}) == "OK"; }));
  const std::string port = std::to_string(replica->port());
  EXPECT_TRUE(until([&] {
    const auto address = ask(*asked, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"});
    return address && address->items[1].text == port;
  }));
  EXPECT_EQ(tell(master->port(), {"REPLICAOF", "127.0.0.1", port}), "OK");
  EXPECT_EQ(text(*client, {"SET", "k", "w"}), "OK") << "its refusal is taken for what it says";
  EXPECT_EQ(tell(replica->port(), {"GET", "k"}), "w");
}

TEST_F(SentinelTest, ASentinelThatNamesAReplicaIsNotBelieved) {
  const std::string port = std::to_string(replica->port());
  testing::FakeServer outdated(loop, [&port](const testing::FakeServer::Words& words) {
    if (words[0] == "HELLO") return std::string("%0\r\n");
    return "*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) + "\r\n" + port + "\r\n";
  });
  RedisOptions both = options();
  both.nodes[0] = outdated.options().nodes[0];
  EXPECT_EQ(text(*connect(both), {"SET", "k", "v"}), "OK");
  both.nodes.pop_back();
  const std::string message = text(*connect(both), {"SET", "k", "v"});
  EXPECT_NE(message.find("the sentinels call it the master, but it is a slave"), std::string::npos)
      << message;
}

TEST_F(SentinelTest, TheMasterServesOnWhenTheSentinelsAreGone) {
  auto client = connect(options());
  EXPECT_EQ(text(*client, {"SET", "k", "v"}), "OK");
  sentinel->stop();
  EXPECT_EQ(text(*client, {"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"}, 1s), "")
      << "which cuts the connection";
  EXPECT_TRUE(until([&] { return text(*client, {"GET", "k"}, 200ms) == "v"; }));
}

TEST_F(SentinelTest, ErrorsNameTheSettingToLookAt) {
  RedisOptions wrong = options();
  wrong.service_name = "nobody";
  std::string message = text(*connect(wrong), {"PING"});
  EXPECT_NE(message.find("no master named `nobody`; check `service_name`"), std::string::npos)
      << message;
  wrong = options();
  wrong.sentinel_password = "";
  message = text(*connect(wrong), {"PING"});
  EXPECT_NE(message.find("`sentinel_password`"), std::string::npos) << message;
  wrong.nodes.clear();
  message = text(*connect(wrong), {"PING"});
  EXPECT_NE(message.find("`sentinel_nodes`"), std::string::npos) << message;
  wrong.nodes = master->options().nodes;
  message = text(*connect(wrong), {"PING"});
  EXPECT_NE(message.find("no sentinel; check `sentinel_nodes`"), std::string::npos) << message;
  wrong.topology = RedisTopology::cluster;
  message = text(*connect(wrong), {"GET", "k"});
  EXPECT_NE(message.find("no cluster: write `host`"), std::string::npos) << message;
}

// Three masters and a replica of each.
struct ClusterTest : testing::RedisTest {
  void SetUp() override {
    RedisTest::SetUp();
    if (IsSkipped()) return;
    for (int i = 0; i < 6; i++) start_node();
    std::vector<std::string> ids;
    for (const auto& server : servers) ids.push_back(tell(server->port(), {"CLUSTER", "MYID"}));
    for (std::size_t i = 0; i < 6; i++) {
      tell(servers[i]->port(), {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
      if (i > 0)
        tell(servers[0]->port(), {"CLUSTER", "MEET", "127.0.0.1",
                                  std::to_string(servers[i]->port()), std::to_string(buses[i])});
    }
    for (std::size_t i = 0; i < 3; i++)
      tell(servers[i]->port(), {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first_slot[i]),
                                std::to_string(first_slot[i + 1] - 1)});
    for (std::size_t i = 3; i < 6; i++) {
      ASSERT_TRUE(until(
          [&] { return tell(servers[i]->port(), {"CLUSTER", "REPLICATE", ids[i - 3]}) == "OK"; }));
    }
    for (const auto& server : servers) {
      ASSERT_TRUE(until([&] {
        return tell(server->port(), {"CLUSTER", "INFO"}).find("cluster_state:ok") !=
               std::string::npos;
      }));
    }
  }
  void start_node() {
    buses.push_back(testing::free_port());
    servers.push_back(std::make_unique<RedisServer>(std::vector<std::string>{
        "--cluster-enabled", "yes", "--cluster-port", std::to_string(buses.back()),
        "--cluster-node-timeout", "600", "--cluster-replica-validity-factor", "0"}));
  }
  RedisOptions options() const {
    RedisOptions made{.topology = RedisTopology::cluster, .connect_timeout = 300ms};
    for (const auto& server : servers)
      made.nodes.push_back({.host = "127.0.0.1", .port = server->port()});
    return made;
  }
  // Which master has the key.
  static std::size_t owner(std::string_view key) {
    std::size_t i = 0;
    while (static_cast<int>(slot_of(key)) >= first_slot[i + 1]) i++;
    return i;
  }
  static constexpr std::array first_slot{0, 5461, 10923, 16384};
  std::vector<std::unique_ptr<RedisServer>> servers;
  std::vector<int> buses;
};

TEST_F(ClusterTest, KeysAreFoundWhereTheyLiveAlsoAfterAFailover) {
  auto client = connect(options());
  int forgotten = 0;
  client->track([&forgotten](std::optional<std::string_view> key) { forgotten += key ? 0 : 1; });
  Callers callers(loop, *client, 60, 1s);
  run_until(loop, [&] { return callers.answered > 600; });
  EXPECT_EQ(callers.failed, 0);
  EXPECT_TRUE(client->tracking());
  EXPECT_EQ(forgotten, 0);

  servers[1]->stop();
  // Every slot is served again, and until then each command ends in time.
  const auto all_well = [&] {
    return std::count(callers.well.begin(), callers.well.end(), true) == 60;
  };
  EXPECT_TRUE(until([&] { return !all_well(); }));
  EXPECT_TRUE(until(all_well));
  callers.finish();
  EXPECT_EQ(callers.wrong, 0);
  EXPECT_EQ(callers.late, 0);
  EXPECT_GE(forgotten, 1);
}

io::Async<Done> run_all(Client& client, const std::vector<Command>& commands, io::WaitLimit limit,
                        std::optional<Result<std::vector<Reply>>>& result) {
  result.emplace(co_await client.run_all(commands, limit));
  co_return Done{};
}

TEST_F(ClusterTest, ManyCommandsGoToTheirNodesAndComeBackInOrder) {
  auto client = connect(options());
  std::vector<std::string> keys;
  std::vector<Command> sets, gets;
  for (int i = 0; i < 100; i++) keys.push_back("key-" + std::to_string(i));
  for (const std::string& key : keys)
    sets.push_back({"SET", key, key}), gets.push_back({"GET", key});
  ASSERT_TRUE(run(loop, client->run_all(sets, in(2s))));
  const auto all = run(loop, client->run_all(gets, in(2s)));
  ASSERT_TRUE(all) << all.error().message;
  for (std::size_t i = 0; i < keys.size(); i++) EXPECT_EQ((*all)[i].text, keys[i]);

  EXPECT_EQ(*run(loop, client->count_masters(in(2s))), 3u);
  std::int64_t found = 0, together = 0;
  for (std::size_t i = 0; i < 3; i++)
    found += run(loop, client->run_on_master(i, {"DBSIZE"}, in(2s)))->integer;
  const auto sizes = run(loop, client->run_on_masters({"DBSIZE"}, in(2s)));
  ASSERT_TRUE(sizes);
  for (const Reply& size : *sizes) together += size.integer;
  EXPECT_EQ(found, 100);
  EXPECT_EQ(together, 100);

  // One node is frozen, and the caller does not want to wait.
  servers[0]->freeze();
  io::CancelToken token;
  std::optional<Result<std::vector<Reply>>> result;
  Running<Done> running(
      run_all(*client, gets, {.deadline = in(10s).deadline, .cancel = &token}, result));
  io::testing::turn(loop);
  EXPECT_FALSE(running.done());
  token.cancel();
  ASSERT_TRUE(running.done());
  EXPECT_EQ(result->error().code, ErrorCode::cancelled);
  servers[0]->thaw();
  EXPECT_TRUE(until([&] { return text(*client, {"GET", "key-7"}) == "key-7"; }));
}

TEST_F(ClusterTest, MovingSlotsAreFollowed) {
  auto client = connect(options());
  int forgotten = 0;
  client->track([&forgotten](std::optional<std::string_view> key) { forgotten += key ? 0 : 1; });
  const std::string key = "{tag}.1", other = "{tag}.2";
  EXPECT_EQ(text(*client, {"SET", key, "one"}), "OK");
  const std::string slot = std::to_string(slot_of(key));
  const std::size_t from = owner(key), to = (from + 1) % 3;
  const std::string from_id = tell(servers[from]->port(), {"CLUSTER", "MYID"});
  const std::string to_id = tell(servers[to]->port(), {"CLUSTER", "MYID"});
  const std::string to_port = std::to_string(servers[to]->port());
  tell(servers[to]->port(), {"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id});
  tell(servers[from]->port(), {"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id});
  EXPECT_EQ(tell(servers[from]->port(), {"MIGRATE", "127.0.0.1", to_port, key, "0", "1000"}), "OK");
  EXPECT_EQ(text(*client, {"GET", key}), "one") << "an ASK is followed";
  const std::vector<Command> both{{"GET", key}, {"SET", other, "two"}, {"GET", other}};
  const auto replies = run(loop, client->run_all(both, in(2s)));
  ASSERT_TRUE(replies);
  EXPECT_EQ((*replies)[0].text, "one");
  EXPECT_EQ((*replies)[2].text, "two") << "also a new key's";
  const auto torn = ask(*client, {"MGET", key, "{tag}.3"}, 50ms);
  ASSERT_TRUE(torn);
  EXPECT_TRUE(torn->text.starts_with("TRYAGAIN") || torn->items.size() == 2) << torn->text;
  for (const std::size_t node : {to, from})
    tell(servers[node]->port(), {"CLUSTER", "SETSLOT", slot, "NODE", to_id});
  EXPECT_EQ(text(*client, {"GET", key}), "one") << "a MOVED is followed";
  EXPECT_GE(forgotten, 1) << "its former owner tells nothing of it";
}

io::Async<Done> end_with_the_reply(std::unique_ptr<Client> client, io::WaitLimit limit,
                                   std::string& got) {
  const Command command{"GET", "k"};
  const auto reply = co_await client->run(command, limit);
  got = reply ? "nil" : reply.error().message;
  client.reset();
  co_return Done{};
}

using DiscoveryTest = testing::RedisTest;

TEST_F(DiscoveryTest, NobodyWaitsForAClusterThatCanNotBeFoundAndTheLogSaysItOnce) {
  testing::FakeServer silent(loop, [](const auto&) { return ""; });
  RedisOptions options = silent.options();
  options.topology = RedisTopology::cluster;
  options.connect_timeout = 50ms;
  auto client = connect(options);
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(ask(*client, {"GET", "k"})) << "the first one waits for the answer";
  constexpr int rounds = 60;  // of 10 ms: the second look is 200 ms after the first
  for (int i = 0; i < rounds; i++) {
    const Command get{"GET", "k"};
    const Running<Result<Reply>> call(client->run(get, in(5s)));
    ASSERT_TRUE(call.done());
    EXPECT_FALSE(call.result());
    sleep(10ms);
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  const std::size_t first = log.find("can't be used");
  EXPECT_NE(first, std::string::npos) << log;
  EXPECT_EQ(log.find("can't be used", first + 1), std::string::npos) << log;
}

TEST_F(ClusterTest, AChangeOnAnyNodeIsTold) {
  auto client = connect(options());
  std::vector<std::string> changed;
  client->track([&changed](std::optional<std::string_view> key) {
    changed.push_back(key ? std::string(*key) : "everything");
  });
  const std::vector<std::string> keys{"a", "b", "c"};
  EXPECT_NE(owner("a"), owner("b"));
  for (const std::string& key : keys) EXPECT_TRUE(ask(*client, {"GET", key})->is_nil());
  EXPECT_TRUE(client->tracking());
  auto other = connect(options());
  for (const std::string& key : keys) EXPECT_EQ(text(*other, {"SET", key, "v"}), "OK");
  EXPECT_TRUE(until([&] { return changed.size() == 3; }));
  std::ranges::sort(changed);
  EXPECT_EQ(changed, keys);
}

TEST_F(ClusterTest, TheLastCallerMayEndTheClient) {
  std::string got;
  run(loop, end_with_the_reply(connect(options()), in(5s), got));
  EXPECT_EQ(got, "nil");
  RedisOptions alone = options();
  alone.topology = RedisTopology::standalone;
  const auto misled = ask(*connect(alone), {"GET", "k"});
  ASSERT_TRUE(misled && misled->is_error());
  EXPECT_NE(refusal("redis", misled->text).message.find("`redis_startup_nodes`"),
            std::string::npos);
  RedisOptions nobody{.topology = RedisTopology::cluster,
                      .nodes = {{.host = "127.0.0.1", .port = 1}}};
  run(loop, end_with_the_reply(connect(nobody), in(5s), got));
  EXPECT_NE(got.find("connection refused"), std::string::npos) << got;
}

}  // namespace
}  // namespace sluice::redis
