// Sentinel and Cluster, with real servers that fail over while commands run.
#include <array>
#include <set>

#include "io/group.h"
#include "io/testing.h"
#include "redis/client.h"
#include "redis/redis_server_for_test.h"
#include "redis/servers.h"

namespace sluice::redis {
namespace {

using io::testing::run;
using testing::RedisServer;
using namespace std::chrono_literals;

TEST(Slot, IsThatOfTheClusterSpecification) {
  EXPECT_EQ(slot_of("123456789"), 0x31c3u & 16383);
  EXPECT_EQ(slot_of(""), 0u);
  EXPECT_EQ(slot_of("{user}.a"), slot_of("{user}.b"));
  EXPECT_EQ(slot_of("{user}.a"), slot_of("user"));
  EXPECT_NE(slot_of("{}.a"), slot_of("{}.b")) << "an empty tag is none";
}

struct TopologyTest : ::testing::Test {
  void SetUp() override {
    if (!RedisServer::available()) GTEST_SKIP() << "redis-server is not installed";
  }
  io::WaitLimit in(std::chrono::milliseconds time) { return {.deadline = io::Clock::now() + time}; }
  Result<Reply> ask(Client& client, const Command& command,
                    std::chrono::milliseconds time = 2000ms) {
    return run(loop, client.run(command, in(time)));
  }
  std::string tell(int port, std::vector<std::string> words) {
    auto direct = Client(loop, connector,
                         std::make_shared<const RedisOptions>(
                             RedisOptions{.nodes = {{.host = "127.0.0.1", .port = port}}}));
    const Command command(std::vector<std::string_view>(words.begin(), words.end()));
    const auto reply = ask(direct, command);
    return reply ? reply->text : "error: " + reply.error().message;
  }
  io::Async<Done> sleep_a_little() {
    io::Pause pause(loop, {.deadline = io::Clock::now() + 20ms});
    co_await pause;
    co_return Done{};
  }
  // Repeats until it is true, for half a minute at most.
  template <class Check>
  bool until(Check check) {
    const io::Time give_up = io::Clock::now() + 30s;
    while (!check()) {
      if (io::Clock::now() > give_up) return false;
      run(loop, sleep_a_little());
    }
    return true;
  }
  // Sets and gets its own value; what comes back is that, or an error in time, never another.
  bool works(Client& client, int number) {
    const std::string key = "key-" + std::to_string(number % 97), value = std::to_string(number);
    const auto set = ask(client, {"SET", key, value}, 200ms);
    if (!set || set->is_error()) return false;
    const auto got = ask(client, {"GET", key}, 200ms);
    if (!got || got->is_error()) return false;
    // After a failover a write that the replica had not seen is lost: an older value, or none.
    if (!got->is_nil() && got->text != value) wrong += std::stoi(got->text) > number ? 1 : 0;
    return true;
  }

  io::Loop loop;
  io::Connector connector{loop, nullptr};
  int wrong = 0;
};

TEST_F(TopologyTest, SentinelsMasterIsFollowed) {
  RedisServer master;
  RedisServer replica({"--replicaof", "127.0.0.1 " + std::to_string(master.port())});
  const std::string file = master.folder() + "/sentinel.conf";
  std::ofstream(file) << "sentinel monitor main 127.0.0.1 " << master.port() << " 1\n"
                      << "sentinel down-after-milliseconds main 300\n"
                      << "sentinel failover-timeout main 2000\n";
  RedisServer sentinel({file, "--sentinel"});
  RedisOptions options{
      .topology = RedisTopology::sentinel,
      .nodes = {{.host = "127.0.0.1", .port = 1}, {.host = "127.0.0.1", .port = sentinel.port()}},
      .service_name = "main",
      .connect_timeout = Milliseconds(300)};
  Client client(loop, connector, std::make_shared<const RedisOptions>(options));
  int number = 0;
  EXPECT_TRUE(until([&] { return works(client, number++); }));
  EXPECT_TRUE(until([&] {
    const auto info = ask(client, {"INFO", "replication"});
    return info && info->text.find("connected_slaves:1") != std::string::npos;
  }));
  EXPECT_TRUE(until(
      [&] { return tell(sentinel.port(), {"SENTINEL", "CKQUORUM", "main"}).starts_with("OK"); }));
  EXPECT_TRUE(until([&] {
    auto direct = Client(loop, connector, std::make_shared<const RedisOptions>(sentinel.options()));
    const auto replicas = ask(direct, {"SENTINEL", "REPLICAS", "main"});
    return replicas && replicas->items.size() == 1;
  }));
  master.stop();
  EXPECT_TRUE(until([&] { return works(client, number++); })) << "the replica is the master now";
  EXPECT_EQ(wrong, 0);
  options.service_name = "nobody";
  Client lost(loop, connector, std::make_shared<const RedisOptions>(options));
  const auto reply = ask(lost, {"PING"});
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message.find("`service_name`"), std::string::npos);
}

// Three masters and a replica of each.
struct ClusterTest : TopologyTest {
  void SetUp() override {
    TopologyTest::SetUp();
    if (IsSkipped()) return;
    for (int i = 0; i < 6; i++) {
      buses.push_back(testing::free_port());
      servers.push_back(std::make_unique<RedisServer>(std::vector<std::string>{
          "--cluster-enabled", "yes", "--cluster-port", std::to_string(buses.back()),
          "--cluster-node-timeout", "600", "--cluster-replica-validity-factor", "0"}));
    }
    std::vector<std::string> ids;
    for (const auto& server : servers) ids.push_back(tell(server->port(), {"CLUSTER", "MYID"}));
    for (std::size_t i = 0; i < 6; i++) {
      tell(servers[i]->port(), {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
      if (i > 0)
        tell(servers[0]->port(), {"CLUSTER", "MEET", "127.0.0.1",
                                  std::to_string(servers[i]->port()), std::to_string(buses[i])});
    }
    constexpr std::array first{0, 5461, 10923, 16384};
    for (std::size_t i = 0; i < 3; i++)
      tell(servers[i]->port(), {"CLUSTER", "ADDSLOTSRANGE", std::to_string(first[i]),
                                std::to_string(first[i + 1] - 1)});
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
  RedisOptions options() const {
    RedisOptions made{.topology = RedisTopology::cluster, .connect_timeout = Milliseconds(300)};
    for (const auto& server : servers)
      made.nodes.push_back({.host = "127.0.0.1", .port = server->port()});
    return made;
  }
  std::vector<std::unique_ptr<RedisServer>> servers;
  std::vector<int> buses;
};

TEST_F(ClusterTest, KeysAreFoundWhereTheyLiveAlsoAfterAFailover) {
  Client client(loop, connector, std::make_shared<const RedisOptions>(options()));
  int number = 0, failed = 0;
  for (; number < 200; number++) failed += works(client, number) ? 0 : 1;
  EXPECT_EQ(failed, 0);

  std::vector<Command> gets;
  std::vector<std::string> keys;
  for (int i = 0; i < 97; i++) keys.push_back("key-" + std::to_string(i));
  for (const std::string& key : keys) gets.push_back({"GET", key});
  const auto all = run(loop, client.run_all(gets, in(2s)));
  ASSERT_TRUE(all) << all.error().message;
  for (std::size_t i = 0; i < keys.size(); i++)
    EXPECT_EQ(std::stoi((*all)[i].text) % 97, static_cast<int>(i)) << "replies are in order";

  EXPECT_EQ(*run(loop, client.count_masters(in(2s))), 3u);
  std::size_t found = 0;
  for (std::size_t i = 0; i < 3; i++)
    found +=
        static_cast<std::size_t>(run(loop, client.run_on_master(i, {"DBSIZE"}, in(2s)))->integer);
  EXPECT_EQ(found, 97u);

  servers[1]->stop();
  // Every slot is served again, and until then each command ends in time.
  std::set<int> served;
  EXPECT_TRUE(until([&] {
    if (works(client, number)) served.insert(number % 97);
    number++;
    return served.size() == 97;
  }));
  EXPECT_EQ(wrong, 0);
}

TEST_F(ClusterTest, MovingSlotsAreFollowed) {
  Client client(loop, connector, std::make_shared<const RedisOptions>(options()));
  ASSERT_TRUE(until([&] { return works(client, 5); }));
  const std::string slot = std::to_string(slot_of("key-5"));
  std::size_t from = 0;
  while (slot_of("key-5") > (from == 0 ? 5460u : from == 1 ? 10922u : 16383u)) from++;
  const std::size_t to = (from + 1) % 3;
  const std::string from_id = tell(servers[from]->port(), {"CLUSTER", "MYID"});
  const std::string to_id = tell(servers[to]->port(), {"CLUSTER", "MYID"});
  tell(servers[to]->port(), {"CLUSTER", "SETSLOT", slot, "IMPORTING", from_id});
  tell(servers[from]->port(), {"CLUSTER", "SETSLOT", slot, "MIGRATING", to_id});
  EXPECT_EQ(
      tell(servers[from]->port(),
           {"MIGRATE", "127.0.0.1", std::to_string(servers[to]->port()), "key-5", "0", "1000"}),
      "OK");
  const auto asked = ask(client, {"GET", "key-5"});
  ASSERT_TRUE(asked) << asked.error().message;
  EXPECT_EQ(asked->text, "5") << "an ASK is followed";
  for (const std::size_t node : {to, from})
    tell(servers[node]->port(), {"CLUSTER", "SETSLOT", slot, "NODE", to_id});
  const auto moved = ask(client, {"GET", "key-5"});
  ASSERT_TRUE(moved) << moved.error().message;
  EXPECT_EQ(moved->text, "5") << "a MOVED is followed";
}

}  // namespace
}  // namespace sluice::redis
