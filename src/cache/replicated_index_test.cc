#include "cache/replicated_index.h"

#include "cache/redis_index_for_test.h"
#include "cache/semantic_index_conformance_test.h"
#include "redis/redis_server_for_test.h"

namespace sluice::cache {
namespace {

using redis::testing::RedisServer;
using testing::Gateway;

RedisIndexOptions options(IndexLayout layout = IndexLayout::own) {
  return {.name = "te*st", .dims = index_dims, .space = "space", .layout = layout};
}

std::shared_ptr<Replica> new_replica() { return Replica::make(index_dims, 10 << 20).value(); }

template <IndexLayout layout>
struct Maker {
  std::shared_ptr<SemanticIndex> make(io::Loop& loop) {
    if (!RedisServer::available()) return nullptr;
    static const RedisServer server;
    gateway.emplace(loop, server.options());
    gateway->run({"FLUSHALL"}, 0);
    const auto replica = new_replica();
    auto index = std::make_shared<ReplicatedIndex>(gateway->parts(replica, options(layout)));
    io::testing::run_until(loop, [&] { return replica->is_ready(); });
    return index;
  }
  std::optional<Gateway> gateway;
};
using Own = Maker<IndexLayout::own>;
using Shared = Maker<IndexLayout::shared>;
INSTANTIATE_TYPED_TEST_SUITE_P(OwnReplicated, SemanticIndexConformance, Own);
INSTANTIATE_TYPED_TEST_SUITE_P(SharedReplicated, SemanticIndexConformance, Shared);

// One process: what its loops share, and the index of one of them.
struct Process {
  Process(io::Loop& loop, const RedisServer& server)
      : gateway(loop, server.options()),
        index(std::make_unique<ReplicatedIndex>(
            gateway.parts(replica, options(IndexLayout::shared)))) {}

  std::string put(std::string_view prompt, std::optional<Milliseconds> ttl = {}) {
    const auto vector = vector_of(prompt);
    const NewSemanticEntry entry{
        .scope = "s", .prompt = prompt, .response = prompt, .vector = vector, .ttl = ttl};
    const auto id = io::testing::run(gateway.loop, index->put(entry, Gateway::soon()));
    EXPECT_TRUE(id) << id.error().message;
    return id ? *id : "";
  }
  bool finds(std::string_view prompt, bool foreign_too = false) {
    const auto vector = vector_of(prompt);
    const SemanticLookup lookup{
        .scope = "s", .vector = vector, .least_similarity = .9F, .foreign_too = foreign_too};
    const auto found = io::testing::run(gateway.loop, index->nearest(lookup, Gateway::soon()));
    return found && !found->empty() && (*found)[0].entry->prompt == prompt;
  }
  bool knows(std::string_view prompt) {
    const auto vector = vector_of(prompt);
    return !replica->vectors()
                .find({.scope = "s", .vector = vector, .least_similarity = .9F})
                ->empty();
  }

  std::shared_ptr<Replica> replica = new_replica();
  Gateway gateway;
  std::unique_ptr<ReplicatedIndex> index;
};

class ReplicatedIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::available()) GTEST_SKIP() << "no redis-server";
    server.emplace();
    a.emplace(loop, *server);
    b.emplace(loop, *server);
    until([&] { return a->replica->is_ready() && b->replica->is_ready(); });
  }
  template <class Condition>
  void until(const Condition& holds) {
    io::testing::run_until(loop, holds);
  }

  io::Loop loop;
  std::optional<RedisServer> server;
  std::optional<Process> a, b;
};

TEST_F(ReplicatedIndexTest, WhatOneGatewayStoresAllFind) {
  a->put("from a");
  until([&] { return b->finds("from a"); });
  b->put("from b", std::chrono::seconds(60));
  until([&] { return a->finds("from b"); });
}

TEST_F(ReplicatedIndexTest, WhatOneErasesNobodyFinds) {
  const std::string id = a->put("hello");
  a->put("other");
  until([&] { return b->finds("hello") && b->finds("other"); });
  EXPECT_TRUE(*io::testing::run(loop, b->index->erase(id, Gateway::soon())));
  EXPECT_FALSE(a->finds("hello")) << "at once: its hash is gone";
  EXPECT_TRUE(a->finds("other"));
  EXPECT_EQ(*io::testing::run(loop, b->index->clear(Gateway::soon())), 1u);
  until([&] { return !a->knows("other"); });
  a->put("other");
  until([&] { return b->finds("other"); });
}

TEST_F(ReplicatedIndexTest, AStartReadsWhatIsThere) {
  for (int i = 0; i < 500; i++) a->put("number " + std::to_string(i));
  Process late(loop, *server);
  until([&] { return late.replica->is_ready(); });
  EXPECT_EQ(late.replica->vectors().count().entries, 500u);
  EXPECT_TRUE(late.finds("number 0"));
  EXPECT_TRUE(late.finds("number 499"));
  a->put("afterwards");
  until([&] { return late.finds("afterwards"); });
}

TEST_F(ReplicatedIndexTest, AnEndIsTheSameEverywhere) {
  a->put("short", std::chrono::milliseconds(150));
  until([&] { return b->knows("short"); });
  until([&] { return !b->finds("short") && !b->knows("short"); });
}

TEST_F(ReplicatedIndexTest, ForgetsWhatTheRedisHasLost) {
  a->put("hello");
  until([&] { return b->finds("hello"); });
  a->gateway.run({"FLUSHALL"}, 0);
  EXPECT_FALSE(b->finds("hello"));
  until([&] { return !a->knows("hello") && !b->knows("hello"); });
  a->put("again");
  until([&] { return b->finds("again"); });
}

TEST_F(ReplicatedIndexTest, IsBackInStepAfterARestartOfTheRedis) {
  a->put("lost");
  until([&] { return b->finds("lost"); });
  server->stop();
  EXPECT_FALSE(b->finds("lost"));
  server->start();
  until([&] { return !b->knows("lost"); });
  const auto vector = vector_of("new");
  const NewSemanticEntry entry{.scope = "s", .prompt = "new", .response = "r", .vector = vector};
  until([&] { return io::testing::run(loop, a->index->put(entry, Gateway::soon())).has_value(); });
  until([&] { return b->finds("new"); });
}

TEST_F(ReplicatedIndexTest, ReadsAnewWhereTheStreamHasAGap) {
  io::Loop other;
  Process away(other, *server);
  io::testing::run_until(other, [&] { return away.replica->is_ready(); });
  away.index.reset();  // nobody follows for it now
  for (int i = 0; i < 30; i++) a->put("number " + std::to_string(i));
  a->gateway.run({"XTRIM", log_key(options(IndexLayout::shared)), "MAXLEN", "5"});
  EXPECT_FALSE(away.knows("number 3"));
  away.index = std::make_unique<ReplicatedIndex>(
      away.gateway.parts(away.replica, options(IndexLayout::shared)));
  io::testing::run_until(other, [&] { return away.knows("number 3"); });
  EXPECT_TRUE(away.finds("number 29"));
}

TEST_F(ReplicatedIndexTest, AnotherLoopFollowsWhenTheFirstHasGone) {
  auto second =
      std::make_unique<ReplicatedIndex>(b->gateway.parts(b->replica, options(IndexLayout::shared)));
  b->index.reset();
  b->index = std::move(second);
  a->put("hello");
  until([&] { return b->finds("hello"); });
}

TEST_F(ReplicatedIndexTest, SkipsWhatIsNoEntry) {
  const std::string prefix = options(IndexLayout::shared).key_of("");
  const auto vector = vector_of("foreign");
  const std::string blob = search::vector_blob(vector.data(), vector.size());
  auto& redis = a->gateway;
  redis.run({"SET", prefix + "text", "v"});
  redis.run({"HSET", prefix + "empty", "x", "y"});
  redis.run({"HSET", prefix + "short", "prompt", "p", "response", "r", "prompt_vector", "abc"});
  redis.run({"HSET", prefix + "no-response", "prompt", "p", "prompt_vector", blob});
  redis.run({"HSET", "te-st:elsewhere", "prompt", "p", "response", "r", "prompt_vector", blob});
  redis.run(
      {"HSET", prefix + "whole", "prompt", "foreign", "response", "r", "prompt_vector", blob});
  redis.run({"XADD", log_key(options(IndexLayout::shared)), "*", "op", "unheard-of", "id", "x"});
  redis.run({"XADD", log_key(options(IndexLayout::shared)), "*", "nonsense", ""});
  Process late(loop, *server);
  until([&] { return late.replica->is_ready(); });
  EXPECT_FALSE(late.finds("foreign"));
  EXPECT_TRUE(late.finds("foreign", true)) << "an entry without a scope";
  EXPECT_EQ(late.replica->vectors().count().entries, 1u) << "the others are forgotten";
  a->put("hello");
  until([&] { return late.finds("hello"); });
}

// A Cluster takes no transaction across nodes, and its keys are gone through node by node.
TEST(ReplicatedIndex, WorksInACluster) {
  if (!RedisServer::available()) GTEST_SKIP() << "no redis-server";
  const RedisServer server({"--cluster-enabled", "yes"});
  io::Loop loop;
  Gateway setup(loop, server.options());
  ASSERT_FALSE(setup.run({"CLUSTER", "ADDSLOTSRANGE", "0", "16383"}, 0).is_error());
  io::testing::run_until(loop, [&] {
    return setup.run({"CLUSTER", "INFO"}, 0).text.find("cluster_state:ok") != std::string::npos;
  });
  RedisOptions redis = server.options();
  redis.topology = RedisTopology::cluster;
  RedisIndexOptions in_cluster = options(IndexLayout::shared);
  in_cluster.is_cluster = true;
  Gateway gateway(loop, redis);
  const auto replica = new_replica(), other = new_replica();
  ReplicatedIndex index(gateway.parts(replica, in_cluster));
  const auto vector = vector_of("hello");
  const NewSemanticEntry entry{.scope = "s",
                               .prompt = "hello",
                               .response = "r",
                               .vector = vector,
                               .ttl = std::chrono::seconds(60)};
  ASSERT_TRUE(io::testing::run(loop, index.put(entry, Gateway::soon())));
  ReplicatedIndex late(gateway.parts(other, in_cluster));
  io::testing::run_until(loop, [&] { return other->is_ready(); });
  const SemanticLookup lookup{.scope = "s", .vector = vector};
  EXPECT_EQ(io::testing::run(loop, late.nearest(lookup, Gateway::soon())).value().size(), 1u);
  EXPECT_EQ(io::testing::run(loop, late.clear(Gateway::soon())).value(), 1u);
  EXPECT_TRUE(io::testing::run(loop, index.nearest(lookup, Gateway::soon())).value().empty());
}

TEST(ReplicatedLog, ReadsBothProtocols) {
  using Type = redis::Reply::Type;
  const auto text = [](std::string value) {
    return redis::Reply{.type = Type::text, .text = std::move(value)};
  };
  const auto list = [](std::vector<redis::Reply> items) {
    return redis::Reply{.type = Type::list, .items = std::move(items)};
  };
  const auto entries =
      list({list({text("5-1"), list({text("op"), text("put"), text("id"), text("x")})}),
            list({text("5-2"), list({text("op"), text("clear")})}),
            list({text("6-0"), list({text("op"), text("new in 2030")})}),
            list({text("bad"), list({})}), list({text("7-0")})});
  redis::Reply map = list({text("key"), entries});
  map.type = Type::map;
  for (const redis::Reply& reply : {list({list({text("key"), entries})}), map}) {
    const auto changes = parse_changes(reply);
    ASSERT_EQ(changes.size(), 3u);
    EXPECT_EQ(changes[0].place, (LogPlace{5, 1}));
    EXPECT_EQ(changes[0].change->id, "x");
    EXPECT_EQ(changes[1].change->what, Change::What::clear);
    EXPECT_FALSE(changes[2].change);
  }
  EXPECT_TRUE(parse_changes({}).empty());
  EXPECT_TRUE(parse_changes(text("?")).empty());
  EXPECT_TRUE(parse_changes(list({text("?")})).empty());
  EXPECT_FALSE(parse_place(list({})));
  EXPECT_EQ(parse_place(list({list({text("18446744073709551615-7"), list({})})})),
            (LogPlace{18446744073709551615U, 7}));
  EXPECT_FALSE(parse_place(list({list({text("-7")})})));
}

}  // namespace
}  // namespace sluice::cache
