#include "cache/cache_control.h"

#include <gtest/gtest.h>

namespace sluice::cache {
namespace {

using provider::Endpoint;
using std::chrono::seconds;

Result<CacheControl> read(std::string_view body, std::string_view header = {}) {
  JsonFields fields;
  EXPECT_FALSE(scan_json_object(body, fields)) << body;
  return read_cache_control(fields, header);
}

TEST(CacheControl, AsksForNothingByDefault) {
  for (const char* body : {"{}", R"({"cache":null,"ttl":null,"caching":null})", R"({"cache":{}})",
                           R"({"cache":{"ttl":null,"namespace":null,"unknown":[1]}})"}) {
    const auto control = read(body);
    ASSERT_TRUE(control) << body;
    EXPECT_FALSE(control->ttl || control->default_ttl || control->max_age || control->semantic);
    EXPECT_FALSE(control->no_cache || control->no_store || control->use_cache);
    EXPECT_EQ(control->name_space, "");
  }
}

TEST(CacheControl, ReadsTheBody) {
  const auto control = read(R"({"cache":{"ttl":1.5,"s-maxage":10,"no-cache":true,"no-store":true,
      "use-cache":true,"namespace":"t\u00e9:1","semantic":"shadow"},"ttl":9})");
  ASSERT_TRUE(control);
  EXPECT_EQ(control->ttl, Milliseconds(1500));
  EXPECT_EQ(control->default_ttl, seconds(9));
  EXPECT_EQ(control->max_age, seconds(10));
  EXPECT_TRUE(control->no_cache && control->no_store && control->use_cache);
  EXPECT_EQ(control->name_space, "t\u00e9:1");
  EXPECT_EQ(control->semantic, SemanticMode::shadow);
  EXPECT_EQ(read(R"({"cache":{"s-max-age":0}})")->max_age, seconds(0));
}

TEST(CacheControl, CachingFalseOptsOut) {
  const auto control = read(R"({"caching":false})");
  EXPECT_TRUE(control->no_cache && control->no_store);
  EXPECT_FALSE(read(R"({"caching":true})")->no_cache);
}

TEST(CacheControl, TakesANamespaceFromMetadata) {
  EXPECT_EQ(read(R"({"metadata":{"redis_namespace":"m"}})")->name_space, "m");
  EXPECT_EQ(read(R"({"metadata":{"redis_namespace":"m"},"cache":{"namespace":"c"}})")->name_space,
            "c");
  EXPECT_EQ(read(R"({"metadata":{"redis_namespace":7}})")->name_space, "");
  EXPECT_EQ(read(R"({"metadata":"redis_namespace"})")->name_space, "");
}

TEST(CacheControl, ReadsTheHeader) {
  const auto control = read("{}", "No-Cache ,no-store,\tmax-age=5, s-maxage=\"9\", private=x,,=");
  ASSERT_TRUE(control);
  EXPECT_TRUE(control->no_cache && control->no_store);
  EXPECT_EQ(control->max_age, seconds(5));
  EXPECT_EQ(control->default_ttl, seconds(9));
}

TEST(CacheControl, PassesOverWhatTheHeaderMayNotSay) {
  for (const char* header : {"", "max-age", "max-age=", "max-age=-1", "max-age=1x", "s-maxage=0",
                             "no-cachex", "only-if-cached", "=,;"}) {
    const auto control = read("{}", header);
    ASSERT_TRUE(control) << header;
    EXPECT_FALSE(control->no_cache || control->max_age || control->default_ttl) << header;
  }
  EXPECT_EQ(read("{}", "max-age=99999999999999999999999")->max_age, seconds(1'000'000'000));
}

TEST(CacheControl, NamesTheFieldThatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"cache":true})", "cache"},
      {R"({"cache":{"ttl":"10"}})", "cache.ttl"},
      {R"({"cache":{"ttl":0}})", "cache.ttl"},
      {R"({"cache":{"ttl":-1}})", "cache.ttl"},
      {R"({"cache":{"ttl":1e300}})", "cache.ttl"},
      {R"({"cache":{"s-maxage":"x"}})", "cache.s-maxage"},
      {R"({"cache":{"s-max-age":-1}})", "cache.s-max-age"},
      {R"({"cache":{"no-cache":1}})", "cache.no-cache"},
      {R"({"cache":{"no-store":"true"}})", "cache.no-store"},
      {R"({"cache":{"use-cache":[]}})", "cache.use-cache"},
      {R"({"cache":{"namespace":7}})", "cache.namespace"},
      {R"({"cache":{"namespace":"a\nb"}})", "cache.namespace"},
      {R"({"cache":{"semantic":true}})", "cache.semantic"},
      {R"({"caching":"yes"})", "caching"},
      {R"({"ttl":"9"})", "ttl"},
  };
  for (const auto& [body, field] : cases) {
    const auto control = read(body);
    ASSERT_FALSE(control) << body;
    EXPECT_EQ(control.error().status, 400);
    EXPECT_EQ(control.error().param, field);
    EXPECT_TRUE(control.error().message.starts_with("`" + std::string(field) + "` must be "));
  }
}

TEST(CacheControl, GatesByEndpointAndMode) {
  const CacheSettings on, embeddings_only{.chat = false, .completions = false},
      opt_in{.default_off = true};
  const CacheControl nothing, no_cache{.no_cache = true}, no_store{.no_store = true},
      use_cache{.use_cache = true};
  EXPECT_TRUE(may_read(on, nothing, Endpoint::chat) && may_write(on, nothing, Endpoint::chat));
  EXPECT_FALSE(may_read(on, no_cache, Endpoint::chat));
  EXPECT_TRUE(may_write(on, no_cache, Endpoint::chat));  // the fresh answer replaces the old one
  EXPECT_TRUE(may_read(on, no_store, Endpoint::chat));
  EXPECT_FALSE(may_write(on, no_store, Endpoint::chat));
  EXPECT_FALSE(may_read(embeddings_only, nothing, Endpoint::chat));
  EXPECT_FALSE(may_write(embeddings_only, nothing, Endpoint::completions));
  EXPECT_TRUE(may_read(embeddings_only, nothing, Endpoint::embeddings));
  EXPECT_FALSE(may_read(opt_in, nothing, Endpoint::chat));
  EXPECT_FALSE(may_write(opt_in, nothing, Endpoint::chat));
  EXPECT_TRUE(may_read(opt_in, use_cache, Endpoint::chat));
}

TEST(CacheControl, ResolvesTheTtlLikeLiteLlm) {
  const CacheControl asked{.ttl = seconds(1), .default_ttl = seconds(3)},
      header{.default_ttl = seconds(3)};
  const CacheSettings configured{.ttl = seconds(2)}, memory, redis{.type = CacheType::redis},
      disk{.type = CacheType::disk};
  EXPECT_EQ(resolve_ttl(configured, asked), seconds(1));
  EXPECT_EQ(resolve_ttl(configured, header), seconds(2));
  EXPECT_EQ(resolve_ttl(redis, header), seconds(3));
  EXPECT_EQ(resolve_ttl(redis, {}), seconds(60));
  const CacheSettings longer{.type = CacheType::redis, .default_ttl = seconds(90)};
  EXPECT_EQ(resolve_ttl(longer, header), seconds(3));
  EXPECT_EQ(resolve_ttl(longer, {}), seconds(90));
  EXPECT_EQ(resolve_ttl(memory, {}), seconds(600));
  EXPECT_EQ(resolve_ttl(disk, {}), std::nullopt);
}

}  // namespace
}  // namespace sluice::cache
