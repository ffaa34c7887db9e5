#include "config/cache_reader.h"

#include <gtest/gtest.h>

#include "config/load_for_test.h"

namespace sluice::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view one_model =
    "model_list: [{model_name: gpt, litellm_params: {model: openai/gpt-4o}}]\n";

Loaded loaded(const std::string& sections, Environment::Values environment = {}) {
  environment.emplace("OPENAI_API_KEY", "sk-fake");
  return load_text(std::string(one_model) + sections, {.environment = std::move(environment)});
}

// The cache of `cache_params`, a flow mapping, in a file that is all right.
std::optional<CacheSettings> cache_of(const std::string& params,
                                      Environment::Values environment = {}) {
  const Loaded result = loaded("litellm_settings: {cache: true, cache_params: " + params + "}\n",
                               std::move(environment));
  EXPECT_EQ(lines_of(result), Lines{}) << params;
  return result.settings ? result.settings->cache : std::nullopt;
}

TEST(CacheReader, IsOffUnlessAskedFor) {
  for (const char* text : {"", "litellm_settings: {cache: false, cache_params: {type: redis}}\n",
                           "litellm_settings: {cache_params: {type: local}}\n",
                           "litellm_settings: {cache: true}\nrouter_settings: {cache_responses: "
                           "false}\n"}) {
    const Loaded result = loaded(text);
    ASSERT_TRUE(result.settings) << text;
    EXPECT_FALSE(result.settings->cache) << text;
  }
}

TEST(CacheReader, WithoutParametersIsInMemoryOrInTheRedisOfTheEnvironment) {
  EXPECT_EQ(cache_of("{}")->type, CacheType::memory);
  EXPECT_EQ(cache_of("null", {{"REDIS_PASSWORD", "p"}})->type, CacheType::memory);
  const auto cache =
      cache_of("null", {{"REDIS_HOST", "h"}, {"REDIS_PORT", "7"}, {"REDIS_PASSWORD", "p"}});
  ASSERT_TRUE(cache && cache->redis);
  EXPECT_EQ(cache->type, CacheType::redis);
  EXPECT_EQ(cache->redis->nodes, (std::vector<RedisAddress>{{"h", 7}}));
  EXPECT_EQ(cache->redis->password, "p");
}

TEST(CacheReader, WithParametersButNoTypeIsInMemory) {
  EXPECT_EQ(cache_of("{ttl: 5}", {{"REDIS_HOST", "h"}})->type, CacheType::memory);
  const Loaded result =
      loaded("litellm_settings: {cache: true, cache_params: {host: h, port: 7}}\n");
  EXPECT_EQ(lines_of(result),
            Lines{"ignored 2 litellm_settings.cache_params.host: has no effect without `type: "
                  "redis`; answers are cached in memory"});
  EXPECT_EQ(result.settings->cache->type, CacheType::memory);
}

TEST(CacheReader, ChoosesTheKeysByType) {
  const Environment::Values redis = {{"REDIS_HOST", "h"}};
  EXPECT_EQ(cache_of("{type: local}")->key_scheme, KeyScheme::sluice);
  EXPECT_EQ(cache_of("{type: disk}")->key_scheme, KeyScheme::sluice);
  EXPECT_EQ(cache_of("{type: redis}", redis)->key_scheme, KeyScheme::litellm);
  EXPECT_EQ(cache_of("{type: redis, key_scheme: sluice}", redis)->key_scheme, KeyScheme::sluice);
  EXPECT_EQ(cache_of("{type: local, key_scheme: litellm}")->key_scheme, KeyScheme::litellm);
}

TEST(CacheReader, ReadsWhatAllTypesHave) {
  const auto cache = cache_of(
      "{type: local, mode: default_off, namespace: 'a:b', ttl: 1.5, memory_bytes: 1.5GiB, "
      "shared_by_keys: true, supported_call_types: [acompletion, atranscription, embedding]}");
  ASSERT_TRUE(cache);
  EXPECT_TRUE(cache->default_off && cache->shared_by_keys);
  EXPECT_EQ(cache->name_space, "a:b");
  EXPECT_EQ(cache->ttl, milliseconds(1500));
  EXPECT_EQ(cache->memory_bytes, std::size_t{3} << 29);
  EXPECT_TRUE(cache->chat && cache->embeddings);
  EXPECT_FALSE(cache->completions);
  EXPECT_FALSE(cache_of("{type: local, supported_call_types: []}")->chat);
  EXPECT_EQ(cache_of("{type: local, memory_bytes: 2000000}")->memory_bytes, 2'000'000u);
}

TEST(CacheReader, ATypesOwnTtlWinsOverTtl) {
  const std::string all = "ttl: 1, default_in_memory_ttl: 2, default_in_redis_ttl: 3}";
  EXPECT_EQ(cache_of("{type: local, " + all)->ttl, seconds(2));
  EXPECT_EQ(cache_of("{type: redis, host: h, " + all)->ttl, seconds(3));
  EXPECT_EQ(cache_of("{type: disk, " + all)->ttl, seconds(1));
}

TEST(CacheReader, KeepsAnswersBeyondTheirEndIfWanted) {
  EXPECT_EQ(cache_of("{type: local}")->stale_if_error, seconds(0));
  EXPECT_EQ(cache_of("{type: local, stale_if_error: 90}")->stale_if_error, seconds(90));
}

TEST(CacheReader, ReadsASemanticCache) {
  const auto shared = cache_of("{type: redis-semantic, host: h, similarity_threshold: 0.9}");
  ASSERT_TRUE(shared && shared->redis);
  EXPECT_EQ(shared->type, CacheType::redis_semantic);
  EXPECT_EQ(shared->semantic.similarity_threshold, 0.9);
  EXPECT_EQ(shared->semantic.embedding_model, "text-embedding-ada-002");
  EXPECT_EQ(shared->semantic.embedding_timeout, seconds(2));
  EXPECT_EQ(shared->semantic.index_name, "litellm_semantic_cache_index");
  const auto named = cache_of(
      "{type: redis-semantic, host: h, redis_semantic_cache_embedding_model: gpt, "
      "redis_semantic_cache_index_name: i, vetoes: true, share_foreign_entries: false, "
      "semantic_mode: shadow, semantic_cache_embedding_timeout: 0.5}");
  EXPECT_EQ(named->semantic.embedding_model, "gpt");
  EXPECT_EQ(named->semantic.embedding_timeout, milliseconds(500));
  EXPECT_EQ(named->semantic.index_name, "i");
  EXPECT_EQ(named->semantic.vetoes, true);
  EXPECT_FALSE(named->semantic.share_foreign_entries);
  EXPECT_EQ(named->semantic.mode, SemanticMode::shadow);
}

TEST(CacheReader, ASemanticCacheIsEmbeddedUnlessItNamesARedis) {
  const auto embedded = cache_of("{type: semantic, semantic_mode: off}", {{"REDIS_HOST", "h"}});
  ASSERT_TRUE(embedded);
  EXPECT_FALSE(embedded->redis);
  EXPECT_EQ(embedded->disk_dir, ".sluice_cache");
  EXPECT_EQ(embedded->semantic.embedding_model, "");
  EXPECT_EQ(embedded->semantic.mode, SemanticMode::off);
  const auto in_redis = cache_of(
      "{type: semantic, host: os.environ/REDIS_HOST, embedding_model: "
      "gpt}",
      {{"REDIS_HOST", "h"}});
  ASSERT_TRUE(in_redis && in_redis->redis);
  EXPECT_EQ(in_redis->redis->nodes.front().host, "h");
  EXPECT_EQ(in_redis->semantic.embedding_model, "gpt");
  EXPECT_NE(in_redis->semantic.index_name, "litellm_semantic_cache_index");
}

TEST(CacheReader, KnowsWhereADiskCacheIs) {
  EXPECT_EQ(cache_of("{type: disk}")->disk_dir, ".sluice_cache");
  const auto cache = cache_of("{type: disk, disk_cache_dir: /var/x, disk_bytes: 10 mb}");
  EXPECT_EQ(cache->disk_dir, "/var/x");
  EXPECT_EQ(cache->disk_bytes, std::size_t{10} << 20);
}

TEST(CacheReader, TakesWhatOtherSectionsAdd) {
  const Loaded result = loaded(R"(
litellm_settings:
  cache: true
  cache_params: {type: redis, host: h}
  enable_caching_on_provider_specific_optional_params: true
  default_redis_ttl: 90
  request_timeout: 30.5
router_settings:
  caching_groups: [[a, b], [c]]
)");
  EXPECT_EQ(lines_of(result), Lines{});
  const CacheSettings& cache = *result.settings->cache;
  EXPECT_TRUE(cache.provider_params_in_key);
  EXPECT_EQ(cache.default_ttl, seconds(90));
  EXPECT_EQ(cache.timeout_in_key, "30.5");
  EXPECT_EQ(cache.caching_groups, (std::vector<std::vector<std::string>>{{"a", "b"}, {"c"}}));
}

TEST(CacheReader, TheRouterMayAskForACacheOfItsOwn) {
  const Loaded memory = loaded("router_settings: {cache_responses: true}\n");
  ASSERT_TRUE(memory.settings && memory.settings->cache);
  EXPECT_EQ(memory.settings->cache->type, CacheType::memory);
  const Loaded redis = loaded(
      "router_settings: {cache_responses: true, redis_host: h, redis_port: 7, redis_password: "
      "p}\n");
  ASSERT_TRUE(redis.settings && redis.settings->cache && redis.settings->cache->redis);
  EXPECT_EQ(redis.settings->cache->redis->nodes, (std::vector<RedisAddress>{{"h", 7}}));
  EXPECT_EQ(redis.settings->cache->redis->password, "p");
}

TEST(CacheReader, RunsWithoutATypeThatIsNotThereYet) {
  const Loaded result = loaded(
      "litellm_settings: {cache: true, cache_params: {type: s3, "
      "s3_bucket_name: b}}\n");
  EXPECT_EQ(lines_of(result),
            Lines{"ignored 2 litellm_settings.cache_params.type: caches of type `s3` are not there "
                  "yet; answers are not cached"});
  ASSERT_TRUE(result.settings);
  EXPECT_FALSE(result.settings->cache);
}

TEST(CacheReader, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"{type: reddis}",
       "type: `reddis` is no type of cache; write local, redis, disk, semantic "
       "or redis-semantic"},
      {"{type: local, mode: off}", "mode: must be default_on or default_off"},
      {"{type: local, ttl: 0}", "ttl: must be a number of seconds above 0"},
      {"{type: local, ttl: soon}", "ttl: must be a number of seconds, not `soon`"},
      {"{type: local, stale_if_error: 0}", "stale_if_error: must be a number of seconds above 0"},
      {"{type: redis, host: h, stale_if_error: 60}", "stale_if_error: needs `key_scheme: sluice`"},
      {"{type: local, key_scheme: x}", "key_scheme: must be litellm or sluice"},
      {"{type: local, memory_bytes: lots}",
       "memory_bytes: must be a number of bytes from 1MB up, such as 256MB"},
      {"{type: disk, disk_bytes: 5}",
       "disk_bytes: must be a number of bytes from 1MB up, such as 256MB"},
      {"{type: semantic, similarity_threshold: 2}",
       "similarity_threshold: must be a number from 0 to 1"},
      {"{type: semantic, semantic_mode: maybe}", "semantic_mode: must be on, shadow or off"},
      {"{type: local, namespace: \"a\\nb\"}", "namespace: must not contain control characters"},
      {"{type: redis}",
       "host: no Redis is named; write `host` or `url`, or set REDIS_HOST or "
       "REDIS_URL"},
  };
  for (const auto& [params, message] : cases) {
    const Loaded result =
        loaded("litellm_settings: {cache: true, cache_params: " + std::string(params) + "}\n");
    EXPECT_FALSE(result.settings) << params;
    EXPECT_EQ(lines_of(result),
              Lines{"error 2 litellm_settings.cache_params." + std::string(message)});
  }
}

TEST(CacheReader, TellsWhatLooksMisspelt) {
  const Loaded result = loaded(
      "litellm_settings: {cache: true, cache_params: {type: redis, host: h, prot: 7, "
      "health_check_interval: 3, supported_call_types: [completoin]}}\n");
  EXPECT_EQ(lines_of(result),
            (Lines{"ignored 2 litellm_settings.cache_params.prot: is not a known cache parameter; "
                   "did you mean `port`?",
                   "ignored 2 litellm_settings.cache_params.supported_call_types: `completoin` is "
                   "no type of call; write acompletion, atext_completion or aembedding"}));
}

}  // namespace
}  // namespace sluice::config
