// Redis: the suite of every store, and what only a server does: other clients, faults, rights.
#include "store/redis_store.h"

#include "store/redis_for_test.h"
#include "store/store_conformance_test.h"

namespace sluice::store {
namespace {

using io::testing::run;
using redis::testing::RedisServer;
using testing::RedisLink;
using namespace std::chrono_literals;

// The store's owner keeps server and link alive.
struct RedisMaker {
  std::unique_ptr<RedisServer> server;
  std::unique_ptr<RedisLink> link;
  std::unique_ptr<Store> make(io::Loop& loop) {
    if (!RedisServer::available()) return nullptr;
    server = std::make_unique<RedisServer>();
    link = std::make_unique<RedisLink>(loop, server->options());
    return std::make_unique<RedisStore>(link->client, RedisStore::Options{});
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Redis, StoreConformance, RedisMaker);

struct RedisStoreTest : ::testing::Test {
  void SetUp() override {
    if (!RedisServer::available()) GTEST_SKIP() << "redis-server is not installed";
  }
  io::WaitLimit in(Milliseconds time = 10s) { return {.deadline = io::Clock::now() + time}; }
  redis::Reply ask(RedisLink& link, const redis::Command& command) {
    const auto reply = run(loop, link.client.run(command, in()));
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? *reply : redis::Reply{};
  }
  std::string get(RedisLink& link, std::string_view key) {
    const auto found = run(loop, link.store->get(key, in()));
    if (!found) return "error: " + found.error().message;
    return *found == nullptr ? "nothing" : **found;
  }
  Status put(RedisLink& link, std::string_view key, std::string value) {
    return run(loop, link.store->put(key, bytes_of(std::move(value)), {}, in()));
  }
  io::Loop loop;
};

TEST_F(RedisStoreTest, SharesItsValuesWithAnyClientToTheByte) {
  RedisServer server;
  RedisLink link(loop, server.options()), other(loop, server.options());
  std::string value = "{\"a\": 1}\r\n";
  value += '\0';
  ask(other, {"SET", "theirs", value});
  EXPECT_EQ(get(link, "theirs"), value);
  EXPECT_TRUE(run(loop, link.store->put("ours", bytes_of(value), 60s, in())));
  EXPECT_EQ(ask(other, {"GET", "ours"}).text, value);
  const auto left = ask(other, {"PTTL", "ours"}).integer;
  EXPECT_GT(left, 50'000);
  EXPECT_LE(left, 60'000);
}

TEST_F(RedisStoreTest, WhatIsNoStringIsNoEntry) {
  RedisServer server;
  RedisLink link(loop, server.options());
  ask(link, {"LPUSH", "list", "x"});
  ask(link, {"HSET", "hash", "f", "x"});
  EXPECT_EQ(get(link, "list"), "nothing");
  EXPECT_EQ(run(loop, link.store->look("hash", in()))->bytes, nullptr);
  EXPECT_TRUE(put(link, "list", "text")) << "it can be replaced";
  EXPECT_EQ(get(link, "list"), "text");
}

TEST_F(RedisStoreTest, KnowsHowLongAnEntryHolds) {
  RedisServer server;
  RedisLink link(loop, server.options());
  ask(link, {"SET", "ends", "v", "PX", "60000"});
  ask(link, {"SET", "stays", "v"});
  const auto ends = run(loop, link.store->look("ends", in()));
  ASSERT_TRUE(ends->left);
  EXPECT_GT(*ends->left, 50s);
  EXPECT_LE(*ends->left, 60s);
  EXPECT_FALSE(run(loop, link.store->look("stays", in()))->left);
  EXPECT_EQ(run(loop, link.store->look("nothing", in()))->bytes, nullptr);
}

TEST_F(RedisStoreTest, ClearsItsOwnAndNothingElse) {
  RedisServer server;
  RedisLink link(loop, server.options(),
                 {.owns = [](std::string_view key) { return key.size() < 10; }});
  for (int i = 0; i < 2500; i++) ask(link, {"SET", "mine:" + std::to_string(i), "v"});
  ask(link, {"SET", "mine:but-too-long", "v"});
  ask(link, {"SET", "theirs", "v"});
  EXPECT_EQ(*run(loop, link.store->clear("mine:", in())), 2500u);
  EXPECT_EQ(ask(link, {"DBSIZE"}).integer, 2);
  EXPECT_EQ(*run(loop, link.store->clear("", in())), 1u);
  EXPECT_EQ(get(link, "mine:but-too-long"), "v");
}

TEST_F(RedisStoreTest, ErasesOnServersWithoutUnlink) {
  RedisServer server({"--rename-command", "UNLINK", ""});
  RedisLink link(loop, server.options());
  for (const char* key : {"a:1", "a:2", "a:3"}) put(link, key, "v");
  EXPECT_TRUE(*run(loop, link.store->erase("a:1", in())));
  EXPECT_FALSE(*run(loop, link.store->erase("a:1", in())));
  EXPECT_EQ(*run(loop, link.store->clear("a:", in())), 2u);
}

TEST_F(RedisStoreTest, SaysWhichSettingIsWrongAndNothingSecret) {
  RedisServer replica({"--replicaof", "127.0.0.1", "1"});
  RedisLink to_replica(loop, replica.options());
  const Status read_only = run(loop, to_replica.store->check(in()));
  ASSERT_FALSE(read_only);
  EXPECT_NE(read_only.error().message.find("name the master in `host`"), std::string::npos)
      << read_only.error().message;
  EXPECT_FALSE(put(to_replica, "a", "v"));

  RedisServer full({"--maxmemory", "1"});
  RedisLink to_full(loop, full.options());
  const Status refused = put(to_full, "a", "a secret answer");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("maxmemory-policy"), std::string::npos)
      << refused.error().message;
  EXPECT_EQ(get(to_full, "a"), "nothing");

  RedisServer renamed({"--rename-command", "SET", ""});
  RedisLink to_renamed(loop, renamed.options());
  const Status unknown = put(to_renamed, "a", "a secret answer");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message.find("secret"), std::string::npos);
}

TEST_F(RedisStoreTest, AUserWithoutRightsIsTold) {
  RedisServer server({"--user", "reader", "on", ">pass", "~*", "+get", "+hello", "+client"});
  RedisOptions options = server.options();
  options.username = "reader";
  options.password = "pass";
  RedisLink link(loop, options);
  const Status checked = run(loop, link.store->check(in()));
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("check `username` and its ACL"), std::string::npos)
      << checked.error().message;
}

TEST_F(RedisStoreTest, ACheckLeavesNothing) {
  RedisServer server;
  RedisLink link(loop, server.options(), {.name_space = "team"});
  EXPECT_TRUE(run(loop, link.store->check(in())));
  EXPECT_EQ(ask(link, {"DBSIZE"}).integer, 0);
  const auto stats = run(loop, link.store->stats(in()));
  EXPECT_GT(stats->bytes, 0u);
  EXPECT_EQ(stats->entries, 0u);
}

TEST_F(RedisStoreTest, AFrozenServerIsAnErrorInTimeAndHeals) {
  RedisServer server;
  RedisOptions options = server.options();
  options.connect_timeout = 200ms;
  RedisLink link(loop, options);
  ASSERT_TRUE(put(link, "a", "v"));
  server.freeze();
  const auto frozen = run(loop, link.store->get("a", in(20ms)));
  ASSERT_FALSE(frozen);
  EXPECT_EQ(frozen.error().code, ErrorCode::timeout);
  EXPECT_FALSE(run(loop, link.store->put("a", bytes_of("w"), {}, in(20ms))));
  server.thaw();
  io::testing::run_until(loop, [&] { return get(link, "a").size() == 1; });
  EXPECT_TRUE(put(link, "a", "x"));
  EXPECT_EQ(get(link, "a"), "x");
}

TEST_F(RedisStoreTest, ARestartCostsHitsOnly) {
  RedisServer server;
  RedisLink link(loop, server.options());
  ASSERT_TRUE(put(link, "a", "v"));
  server.stop();
  io::testing::run_until(loop, [&] { return get(link, "a").starts_with("error"); });
  server.start();
  io::testing::run_until(loop, [&] { return get(link, "a") == "nothing"; });
  EXPECT_TRUE(put(link, "a", "w"));
  EXPECT_EQ(get(link, "a"), "w");
}

}  // namespace
}  // namespace sluice::store
