#include "search/cache_layout.h"

#include <gtest/gtest.h>

namespace sluice::search {
namespace {

TEST(EntryId, IsRedisVls) {
  EXPECT_EQ(entry_id("what is the capital city of the United States?"),
            "e4e4faaeea347b9876d03c4f68b7d981234a3a7a4281590ab4bc0e70dbdaef9e");
  EXPECT_EQ(entry_id("hello"), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_EQ(entry_id("hello", {{"user", "bob"}}),
            "1cec84bcdd6c385eab109b9e0a49ae0f683d65d7dca39888adb7dbfbdb683879");
  EXPECT_EQ(entry_id("hello", {{"b", "1"}, {"a", "x"}}),
            "8c41cd15bb8df50d42f5c5f2d0be0570faf5f18444d83102357f07d3a77c93d4");
  EXPECT_EQ(entry_id("hello", {{"u", "é"}}),
            "93010b4126abffefc4174aa7e06cffe2a4e0d27647e4b968c06fb39faad13d5e");
}

TEST(StoreEntry, WritesFieldsInRedisVlsOrder) {
  const Arguments expected{"HSET",          "c:1",
                           "entry_id",      "1",
                           "prompt",        "p",
                           "response",      "r",
                           "prompt_vector", "BLOB",
                           "inserted_at",   "1746640334.4512346",
                           "updated_at",    "1746640335.0",
                           "metadata",      "{\"a\": 1}",
                           "tenant",        "x"};
  EXPECT_EQ(store_entry("c:1", {.prompt = "p",
                                .response = "r",
                                .vector = "BLOB",
                                .id = "1",
                                .inserted_at = 1746640334.4512346,
                                .updated_at = 1746640335,
                                .metadata = "{\"a\": 1}",
                                .filters = {{"tenant", "x"}}}),
            expected);
}

TEST(ReturnedFields, AreAllButTheVector) {
  const auto schema = cache_schema("c", 4, {{.name = "year", .attributes = NumericAttributes{}}});
  EXPECT_EQ(returned_fields(schema),
            (std::vector<std::string>{"entry_id", "prompt", "response", "inserted_at", "updated_at",
                                      "metadata", "year"}));
}

TEST(CacheKey, BelongsToItsOwnCacheOnly) {
  EXPECT_TRUE(is_cache_key("a", "a:1"));
  EXPECT_FALSE(is_cache_key("a", "ab:1"));
  EXPECT_FALSE(is_cache_key("a", "a"));
}

TEST(CacheObstacle, LetsAnIndexWithMoreFieldsBeUsed) {
  const Schema wanted = cache_schema("c", 4);
  const Schema wider = cache_schema("c", 4, {{.name = "extra", .attributes = TagAttributes{}}});
  EXPECT_EQ(cache_obstacle(wanted, wider), "");
  EXPECT_EQ(cache_obstacle(wider, wanted), "field `extra` is missing");
  EXPECT_EQ(cache_obstacle(wanted, cache_schema("c", 8)),
            "field `prompt_vector` has 8 dimensions instead of 4");
  EXPECT_NE(cache_obstacle(wanted, cache_schema("other", 4)), "");
}

TEST(Difference, FollowsRedisVlsComparison) {
  const Schema cache = cache_schema("c", 4);
  EXPECT_EQ(difference(cache, cache), "");
  EXPECT_EQ(difference(cache, cache_schema("c", 4, {{.name = "x"}})), "field `x` is extra");
  EXPECT_EQ(difference(cache_schema("c", 4, {{.name = "x"}}), cache), "field `x` is missing");
  EXPECT_EQ(difference(cache, cache_schema("d", 4)), "the prefix is `d` instead of `c`");
  Schema swapped = cache;
  std::swap(swapped.fields[0], swapped.fields[1]);
  EXPECT_NE(difference(cache, swapped), "");
  Schema weighted = cache;
  std::get<TextAttributes>(weighted.fields[0].attributes).weight = 3;
  EXPECT_EQ(difference(cache, weighted), "");
}

TEST(CheckSchema, NamesTheFieldAndItsFault) {
  EXPECT_TRUE(check(cache_schema("c", 4)));
  EXPECT_NE(check(cache_schema("c", 0)).error().message.find("`prompt_vector`: dims"),
            std::string::npos);
  EXPECT_FALSE(check(Schema{.name = "c"}));
  EXPECT_FALSE(check(cache_schema("", 4)));
  EXPECT_NE(check(cache_schema("c", 4, {{.name = "prompt"}})).error().message.find("twice"),
            std::string::npos);
}

TEST(Reserved, AreTheFieldsOfEveryEntry) {
  EXPECT_TRUE(is_reserved("metadata"));
  EXPECT_TRUE(is_reserved("key"));
  EXPECT_FALSE(is_reserved("user"));
}

}  // namespace
}  // namespace sluice::search
