#include "cache/probed_index.h"

#include "cache/redis8_for_test.h"
#include "cache/redis_index_for_test.h"
#include "cache/search_server_for_test.h"
#include "cache/semantic_index_conformance_test.h"

namespace sluice::cache {
namespace {

using testing::Gateway;

struct Probed {
  Probed(const RedisOptions& redis, IndexLayout layout = IndexLayout::own)
      : gateway(loop, redis),
        index(gateway.parts(Replica::make(index_dims, 1 << 20).value(),
                            {.name = "probed", .dims = index_dims, .layout = layout})) {}
  // Stores and finds something; the name of the index that did.
  std::string_view use() {
    const auto vector = vector_of("hello");
    const NewSemanticEntry entry{
        .scope = "s", .prompt = "hello", .response = "r", .vector = vector};
    const auto put = io::testing::run(loop, index.put(entry, Gateway::soon()));
    EXPECT_TRUE(put) << put.error().message;
    const SemanticLookup lookup{.scope = "s", .vector = vector};
    const auto found = io::testing::run(loop, index.nearest(lookup, Gateway::soon()));
    EXPECT_TRUE(found && found->size() == 1);
    return index.name();
  }
  io::Loop loop;
  Gateway gateway;
  ProbedIndex index;
};

TEST(ProbedIndex, UsesASearchModule) {
  if (!testing::SearchServer::available()) GTEST_SKIP() << "no redis-server and python3";
  const testing::SearchServer server;
  EXPECT_EQ(Probed(server.options()).use(), "search");
}

TEST(ProbedIndex, UsesVectorSets) {
  if (!testing::redis8_available()) GTEST_SKIP() << "no Redis 8: tests/support/get_redis8.sh";
  const auto server = testing::start_redis8();
  EXPECT_EQ(Probed(server->options()).use(), "vector-set");
}

TEST(ProbedIndex, HoldsTheIndexItselfOnAPlainRedis) {
  if (!redis::testing::RedisServer::available()) GTEST_SKIP() << "no redis-server";
  const redis::testing::RedisServer server;
  Probed probed(server.options());
  EXPECT_EQ(probed.index.name(), "redis");
  EXPECT_EQ(probed.use(), "replicated");
}

TEST(ProbedIndex, AsksAgainWhenTheServerWasAway) {
  if (!redis::testing::RedisServer::available()) GTEST_SKIP() << "no redis-server";
  redis::testing::RedisServer server;
  server.stop();
  Probed probed(server.options());
  EXPECT_FALSE(io::testing::run(probed.loop, probed.index.stats(Gateway::soon())));
  server.start();
  io::testing::run_until(probed.loop, [&] {
    return io::testing::run(probed.loop, probed.index.stats(Gateway::soon())).has_value();
  });
  EXPECT_EQ(probed.use(), "replicated");
}

}  // namespace
}  // namespace sluice::cache
