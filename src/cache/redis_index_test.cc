#include "cache/redis_index.h"

#include "cache/search_server_for_test.h"
#include "cache/semantic_index_conformance_test.h"
#include "search/replies.h"

namespace sluice::cache {
namespace {

using testing::SearchServer;

constexpr std::string_view foreign_id = "0123";

// An index with what it needs of its own loop, in a Redis that may be shared with other tests.
struct Link {
  Link(io::Loop& loop, const RedisOptions& redis, RedisIndexOptions options)
      : connector(loop, nullptr),
        client(loop, connector, std::make_shared<const RedisOptions>(patient(redis))),
        index(std::make_shared<RedisIndex>(client, std::move(options))) {}
  static RedisOptions patient(RedisOptions options) {
    options.connect_timeout = Milliseconds(5000);
    return options;
  }
  io::Connector connector;
  redis::Client client;
  std::shared_ptr<RedisIndex> index;
};

std::string free_name() {
  static int number = 0;
  return "test-" + std::to_string(::getpid()) + "-" + std::to_string(number++);
}

// One server for all tests of a kind, since it takes longer to start than they do.
template <SearchServer::Flavor flavor, IndexLayout layout>
struct Maker {
  std::shared_ptr<SemanticIndex> make(io::Loop& loop) {
    if (!SearchServer::available()) return nullptr;
    static const SearchServer server(flavor);
    link.emplace(loop, server.options(),
                 RedisIndexOptions{
                     .name = free_name(), .dims = index_dims, .space = "test", .layout = layout});
    if (server.is_stand_in()) empty(loop);
    return link->index;
  }
  void empty(io::Loop& loop) {
    redis::Command command{"FLUSHALL"};
    command.key_at = 0;
    const auto emptied = io::testing::run(loop, link->client.run(command, {}));
    EXPECT_TRUE(emptied && !emptied->is_error());
  }
  std::optional<Link> link;
};
using Shared = Maker<SearchServer::redis, IndexLayout::shared>;
using Own = Maker<SearchServer::redis, IndexLayout::own>;
using OwnInValkey = Maker<SearchServer::valkey, IndexLayout::own>;
INSTANTIATE_TYPED_TEST_SUITE_P(SharedSearch, SemanticIndexConformance, Shared);
INSTANTIATE_TYPED_TEST_SUITE_P(OwnSearch, SemanticIndexConformance, Own);
INSTANTIATE_TYPED_TEST_SUITE_P(OwnSearchInValkey, SemanticIndexConformance, OwnInValkey);

class RedisIndexTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!SearchServer::available()) GTEST_SKIP() << "no redis-server and python3";
    server.emplace();
    link.emplace(
        loop, server->options(),
        RedisIndexOptions{
            .name = name, .dims = index_dims, .space = "test", .layout = IndexLayout::shared});
  }
  io::WaitLimit soon() { return {.deadline = io::Clock::now() + std::chrono::seconds(10)}; }
  redis::Reply run(search::Arguments words) {
    const redis::Command command = search::as_command(words, 1);
    auto reply = io::testing::run(loop, link->client.run(command, soon()));
    EXPECT_TRUE(reply) << reply.error().message;
    return reply ? *reply : redis::Reply{};
  }
  std::map<std::string, std::string> hash(const std::string& key) {
    const auto pairs = search::parse_hash(run({"HGETALL", key}));
    return {pairs->begin(), pairs->end()};
  }
  Result<std::string> put(std::string_view scope, std::string_view prompt,
                          std::string_view response, std::optional<Milliseconds> ttl = {}) {
    const auto vector = vector_of(prompt);
    const NewSemanticEntry entry{.scope = scope,
                                 .prompt = prompt,
                                 .response = response,
                                 .vector = vector,
                                 .metadata = R"({"model": "m"})",
                                 .ttl = ttl};
    return io::testing::run(loop, link->index->put(entry, soon()));
  }
  Result<std::vector<Neighbour>> nearest(std::string_view scope, std::string_view prompt,
                                         bool foreign_too = true) {
    const auto vector = vector_of(prompt);
    const SemanticLookup lookup{
        .scope = scope, .vector = vector, .least_similarity = .9F, .foreign_too = foreign_too};
    return io::testing::run(loop, link->index->nearest(lookup, soon()));
  }
  // Written as RedisVL and LiteLLM do.
  void plant(const std::string& prompt, const std::string& response, std::string_view id,
             std::string blob = {}, std::optional<std::string> metadata = {}) {
    const auto vector = vector_of(prompt);
    if (blob.empty()) blob = search::vector_blob(vector.data(), vector.size());
    run(search::store_entry(key(id), {.prompt = prompt,
                                      .response = response,
                                      .vector = blob,
                                      .id = id,
                                      .inserted_at = 1746640334.25,
                                      .updated_at = 1746640334.25,
                                      .metadata = std::move(metadata)}));
  }
  std::string key(std::string_view id) const { return name + ":" + std::string(id); }

  const std::string name = free_name();
  io::Loop loop;
  std::optional<SearchServer> server;
  std::optional<Link> link;
};

TEST_F(RedisIndexTest, LaysEntriesOutAsRedisVL) {
  const std::string hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
  const auto id = put("scope", "hello", "world", Milliseconds(60'000));
  ASSERT_TRUE(id) << id.error().message;
  EXPECT_EQ(*id, hello);
  const auto fields = hash(key(hello));
  EXPECT_EQ(fields.size(), 7u);
  EXPECT_EQ(fields.at("entry_id"), hello);
  EXPECT_EQ(fields.at("prompt"), "hello");
  EXPECT_EQ(fields.at("response"), "world");
  EXPECT_EQ(fields.at("prompt_vector").size(), index_dims * 4);
  EXPECT_EQ(fields.at("metadata"), R"({"sluice_scope": "scope", "model": "m"})");
  const auto left = run({"PTTL", key(hello)}).integer;
  EXPECT_GT(left, 50'000);
  EXPECT_LE(left, 60'000);
  const auto info = search::parse_info(run({"FT.INFO", name}));
  ASSERT_TRUE(info);
  EXPECT_EQ(search::difference(search::cache_schema(name, index_dims), *search::schema_of(*info)),
            "");
}

TEST_F(RedisIndexTest, TakesAnotherIdWhereSomebodyElseHasThePlainOne) {
  const std::string plain = *put("a", "hello", "for a");
  const std::string scoped = *put("b", "hello", "for b");
  EXPECT_EQ(plain, search::entry_id("hello"));
  EXPECT_EQ(scoped, search::entry_id("hellob"));
  EXPECT_EQ(*put("a", "hello", "again for a"), plain);
  EXPECT_EQ((*nearest("a", "hello"))[0].entry->response, "again for a");
  EXPECT_EQ((*nearest("b", "hello"))[0].entry->response, "for b");
  run({"DEL", key(plain)});
  EXPECT_EQ(*put("b", "hello", "plain for b"), plain);
  const auto found = nearest("b", "hello");
  ASSERT_EQ(found->size(), 1u) << "the older one under the other id is gone";
  EXPECT_EQ((*found)[0].entry->response, "plain for b");
}

TEST_F(RedisIndexTest, LeavesForeignEntriesAloneAndGivesThemOnlyWhenAsked) {
  put("s", "something else", "makes the index").value();
  const std::string id = search::entry_id("hello");
  plant("hello", "{'timestamp': 1, 'response': 'x'}", id);
  const auto found = nearest("s", "hello");
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].entry->response, "{'timestamp': 1, 'response': 'x'}");
  EXPECT_EQ((*found)[0].entry->scope, "");
  EXPECT_NEAR((*found)[0].entry->inserted_at, 1746640334.25, .01);
  EXPECT_TRUE(nearest("s", "hello", false)->empty());
  EXPECT_NE(*put("s", "hello", "ours"), id);
  EXPECT_EQ(hash(key(id)).at("response"), "{'timestamp': 1, 'response': 'x'}");
}

TEST_F(RedisIndexTest, SkipsWhatIsBroken) {
  put("s", "something else", "makes the index").value();
  plant("hello", "broken metadata", "a1", {}, "[1");
  plant("hello", "short vector", "a2", "abc");
  plant("hello", "of a cache with a longer name", "a3");
  run({"RENAME", key("a3"), name + "-longer:a3"});
  plant("hello", "whole", std::string(foreign_id), {}, R"({"sluice_scope": "s"})");
  plant("hello", "no response", "a4", {}, R"({"sluice_scope": "s"})");
  run({"HDEL", key("a4"), "response"});
  const auto found = nearest("s", "hello", false);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].entry->response, "whole");
  EXPECT_EQ((*found)[0].entry->id, foreign_id);
  const auto all = nearest("s", "hello", true);
  EXPECT_EQ(all->size(), 2u) << "broken metadata is that of no scope";
  run({"DEL", name + "-longer:a3"});
}

TEST_F(RedisIndexTest, StepsOverRowsThatHaveJustExpired) {
  if (!server->is_stand_in()) GTEST_SKIP() << "needs a server that can be told to";
  put("s", "something else", "makes the index").value();
  for (int i = 0; i < 30; i++) {
    plant("hello", "dead", "d" + std::to_string(i), {}, R"({"sluice_scope": "s"})");
    run({"STANDIN.GHOST", key("d" + std::to_string(i))});
  }
  put("s", "hello", "alive").value();
  const auto found = nearest("s", "hello");
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].entry->response, "alive");
}

TEST_F(RedisIndexTest, MakesTheIndexAgainWhenItHasVanished) {
  put("s", "hello", "before").value();
  run({"FT.DROPINDEX", name, "DD"});
  EXPECT_TRUE(nearest("s", "hello")->empty());
  put("s", "hello", "after").value();
  const auto found = nearest("s", "hello");
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ((*found)[0].entry->response, "after");
}

TEST_F(RedisIndexTest, UsesAnIndexWithMoreFields) {
  Schema more = search::cache_schema(name, index_dims);
  more.fields.push_back({.name = "litellm_cache_key", .attributes = TagAttributes{}});
  run(search::create_index(more));
  put("s", "hello", "world").value();
  EXPECT_EQ(nearest("s", "hello")->size(), 1u);
}

TEST_F(RedisIndexTest, SaysWhatIsWrongWithAnIndexOnce) {
  run(search::create_index(search::cache_schema(name, index_dims + 1)));
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; i++) {
    const auto found = nearest("s", "hello");
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("65 dimensions instead of 64"), std::string::npos)
        << found.error().message;
  }
  const std::string logged = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(logged.find("dimensions"), std::string::npos);
  EXPECT_EQ(logged.find("dimensions"), logged.rfind("dimensions"));
  EXPECT_FALSE(io::testing::run(loop, link->index->check(soon())));
  run({"FT.DROPINDEX", name});
  const Status checked = io::testing::run(loop, link->index->check(soon()));
  EXPECT_TRUE(checked) << "a check looks again at once";
}

TEST_F(RedisIndexTest, ClearsItsOwnKeysAlone) {
  put("s", "hello", "world").value();
  run({"SET", name + "2:key", "v"});
  run({"SET", name, "v"});
  EXPECT_EQ(*io::testing::run(loop, link->index->clear(soon())), 1u);
  EXPECT_EQ(run({"DEL", name + "2:key"}).integer, 1);
  EXPECT_EQ(run({"DEL", name}).integer, 1);
}

TEST(RedisIndex, SaysThatAServerHasNoSearchModule) {
  if (!redis::testing::RedisServer::available()) GTEST_SKIP() << "no redis-server";
  const redis::testing::RedisServer server;
  io::Loop loop;
  Link link(loop, server.options(),
            {.name = "x", .dims = index_dims, .layout = IndexLayout::shared});
  const auto vector = vector_of("secret prompt");
  const NewSemanticEntry entry{
      .scope = "s", .prompt = "secret prompt", .response = "r", .vector = vector};
  const auto put = io::testing::run(
      loop, link.index->put(entry, {.deadline = io::Clock::now() + std::chrono::seconds(10)}));
  ASSERT_FALSE(put);
  EXPECT_NE(put.error().message.find("search module"), std::string::npos);
  EXPECT_EQ(put.error().message.find("secret"), std::string::npos);
}

TEST(ScopedMetadata, GoesInAndComesOut) {
  EXPECT_EQ(with_scope("", "s"), R"({"sluice_scope": "s"})");
  EXPECT_EQ(with_scope("{}", "a\"b"), R"({"sluice_scope": "a\"b"})");
  EXPECT_EQ(with_scope(R"({"sluice_scope":"x","a":{"b":1}})", "s"),
            R"({"sluice_scope": "s", "a": {"b":1}})");
  const auto both = without_scope(R"({"a":1, "sluice_scope":"s\u00e9", "b":"x"})");
  EXPECT_EQ(both.scope, "sé");
  EXPECT_EQ(both.metadata, R"({"a": 1, "b": "x"})");
  for (const std::string_view none :
       {"", "{", "[]", "null", "{\"sluice_scope\": 7}", "\xff", "{'a': 1}"})
    EXPECT_EQ(without_scope(none).scope, "") << none;
}

}  // namespace
}  // namespace sluice::cache
