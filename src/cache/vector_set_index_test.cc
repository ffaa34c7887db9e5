#include "cache/vector_set_index.h"

#include "cache/redis8_for_test.h"
#include "cache/redis_index_for_test.h"
#include "cache/semantic_index_conformance_test.h"

namespace sluice::cache {
namespace {

using testing::Gateway;

RedisIndexOptions options(IndexLayout layout = IndexLayout::own) {
  return {.name = "test", .dims = index_dims, .space = "space", .layout = layout};
}

template <IndexLayout layout>
struct Maker {
  std::shared_ptr<SemanticIndex> make(io::Loop& loop) {
    if (!testing::redis8_available()) return nullptr;
    static const auto server = testing::start_redis8();
    gateway.emplace(loop, server->options());
    gateway->run({"FLUSHALL"}, 0);
    return std::make_shared<VectorSetIndex>(gateway->client, options(layout));
  }
  std::optional<Gateway> gateway;
};
using Own = Maker<IndexLayout::own>;
using Shared = Maker<IndexLayout::shared>;
INSTANTIATE_TYPED_TEST_SUITE_P(OwnVectorSet, SemanticIndexConformance, Own);
INSTANTIATE_TYPED_TEST_SUITE_P(SharedVectorSet, SemanticIndexConformance, Shared);

class VectorSetIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::redis8_available()) GTEST_SKIP() << "no Redis 8: tests/support/get_redis8.sh";
    server = testing::start_redis8();
    gateway.emplace(loop, server->options());
    index.emplace(gateway->client, options(IndexLayout::shared));
  }
  std::string put(std::string_view prompt, std::optional<Milliseconds> ttl = {}) {
    const auto vector = vector_of(prompt);
    const NewSemanticEntry entry{
        .scope = "s", .prompt = prompt, .response = prompt, .vector = vector, .ttl = ttl};
    return io::testing::run(loop, index->put(entry, Gateway::soon())).value();
  }
  std::size_t found(std::string_view prompt) {
    const auto vector = vector_of(prompt);
    const SemanticLookup lookup{.scope = "s", .vector = vector, .least_similarity = .9F};
    return io::testing::run(loop, index->nearest(lookup, Gateway::soon())).value().size();
  }
  std::string set() {
    const auto keys = gateway->run({"KEYS", "test#vectors:*"}, 0);
    return keys.items.size() == 1 ? keys.items[0].text : "";
  }
  std::int64_t elements() { return gateway->run({"VCARD", set()}).integer; }

  io::Loop loop;
  std::unique_ptr<redis::testing::RedisServer> server;
  std::optional<Gateway> gateway;
  std::optional<VectorSetIndex> index;
};

TEST_F(VectorSetIndexTest, TakesOutElementsWhoseEntryIsGone) {
  const std::string id = put("hello");
  put("other");
  EXPECT_EQ(elements(), 2);
  gateway->run({"DEL", "test:" + id});
  EXPECT_EQ(found("hello"), 0u);
  EXPECT_EQ(elements(), 1);
  EXPECT_EQ(found("other"), 1u);
}

TEST_F(VectorSetIndexTest, ASetEndsWithTheLastOfItsEntries) {
  put("first", std::chrono::seconds(100));
  EXPECT_LE(gateway->run({"PTTL", set()}).integer, 100'000);
  EXPECT_GT(gateway->run({"PTTL", set()}).integer, 90'000);
  put("sooner", std::chrono::seconds(10));
  EXPECT_GT(gateway->run({"PTTL", set()}).integer, 90'000);
  put("later", std::chrono::seconds(1000));
  EXPECT_GT(gateway->run({"PTTL", set()}).integer, 900'000);
  put("never");
  EXPECT_EQ(gateway->run({"PTTL", set()}).integer, -1);
  put("later again", std::chrono::seconds(1000));
  EXPECT_EQ(gateway->run({"PTTL", set()}).integer, -1);
}

TEST_F(VectorSetIndexTest, ServesNothingOfAnEntryThatSomebodyBroke) {
  const std::string id = put("hello");
  gateway->run({"HSET", "test:" + id, "metadata", R"({"sluice_scope": "t"})"});
  EXPECT_EQ(found("hello"), 0u);
  const std::string second = put("second");
  gateway->run({"HSET", "test:" + second, "prompt_vector", "abc"});
  EXPECT_EQ(found("second"), 0u);
}

TEST_F(VectorSetIndexTest, HoldsManyVectors) {
  std::mt19937 random(5);
  for (int i = 0; i < 1000; i++) put("number " + std::to_string(i), std::chrono::hours(1));
  std::size_t missed = 0;
  for (int i = 0; i < 1000; i += 7) missed += found("number " + std::to_string(i)) != 1;
  EXPECT_LE(missed, 1u) << "a graph may miss one in a hundred and forty";
}

}  // namespace
}  // namespace sluice::cache
