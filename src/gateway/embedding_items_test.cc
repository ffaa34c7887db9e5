#include "gateway/embedding_items.h"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

using Items = std::vector<std::string_view>;

EmbeddingInput split(const std::string& body) {
  static JsonFields fields;
  EXPECT_FALSE(scan_json_object(body, fields));
  return split_input(*fields.find("input"));
}

TEST(SplitInput, KnowsTheFourForms) {
  const std::string text = R"({"input":"a, b"})", list = R"({"input":["a", "b\"c"]})";
  const std::string tokens = R"({"input":[1, 2, 3]})", lists = R"({"input":[[1,2], [3]]})";
  EXPECT_EQ(split(text).items, (Items{R"("a, b")"}));
  EXPECT_FALSE(split(text).list);
  EXPECT_EQ(split(list).items, (Items{"\"a\"", R"("b\"c")"}));
  EXPECT_TRUE(split(list).list);
  EXPECT_EQ(split(tokens).items, (Items{"[1, 2, 3]"}));
  EXPECT_FALSE(split(tokens).list);
  EXPECT_EQ(split(lists).items, (Items{"[1,2]", "[3]"}));
}

TEST(SplitInput, LeavesWhatIsNoListOfItemsToTheProvider) {
  for (const std::string value :
       {"[]", "5", "null", "{}", R"(["a", 1])", R"(["a", [1]])", "[[1], 2]"}) {
    const std::string body = "{\"input\":" + value + "}";
    EXPECT_EQ(split(body).items, Items{value});
    EXPECT_FALSE(split(body).list) << value;
  }
}

TEST(BodyWithItems, LeavesTheRestAlone) {
  const std::string body = R"( {"x": 1.0, "input" : ["a","b","c"], "y":"input"} )";
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(body, fields));
  EXPECT_EQ(body_with_items(body, *fields.find("input"), {"\"c\"", "\"a\""}),
            R"( {"x": 1.0, "input" : ["c","a"], "y":"input"} )");
}

TEST(SplitReply, PutsItemsIntoTheOrderOfTheRequest) {
  const auto reply = split_reply(
      R"({"object":"list","data":[{"index":1,"embedding":[2],"object":"embedding"},)"
      R"({"object":"embedding","index":0,"embedding":"base64"}],"model":"m","usage":{"total_tokens":2}})",
      2);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->items[0], R"({"object":"embedding","index":0,"embedding":"base64"})");
  EXPECT_EQ(reply->rest, R"(,"model":"m")");
  EXPECT_EQ(
      make_reply({reply->items[1], reply->items[0]}, reply->rest, 2),
      R"({"object":"list","data":[{"embedding":[2],"object":"embedding","index":0},)"
      R"({"object":"embedding","embedding":"base64","index":1}],"model":"m","usage":{"prompt_tokens":2,"total_tokens":2}})");
}

TEST(SplitReply, TakesTheOrderWhereNoItemTellsItsIndex) {
  const auto reply =
      split_reply(R"({"data":[{"embedding":[1]},{"embedding":[2],"index":null}]})", 2);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->items[0], R"({"embedding":[1]})");
  EXPECT_EQ(reply->rest, "");
}

TEST(SplitReply, KeepsWhatElseAProviderTells) {
  const auto reply = split_reply(
      R"({"id":"x","model":"a","data":[{"embedding":"QQ==","index":0}],"mod\u0065l":"b"})", 1);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->rest, R"(,"id":"x","model":"b")");
}

TEST(MakeReply, SaysEachItemsIndexOnce) {
  EXPECT_EQ(make_reply({R"({"index":9,"embedding":[1],"index":8,"x":{"index":5}})"}, "", 0),
            R"({"object":"list","data":[{"embedding":[1],"x":{"index":5},"index":0}],)"
            R"("usage":{"prompt_tokens":0,"total_tokens":0}})");
}

TEST(ShareOfTokens, AddsUpToTheWhole) {
  std::vector<std::int64_t> shares;
  for (std::size_t i = 0; i < 4; i++) shares.push_back(share_of_tokens(7, 4, i));
  EXPECT_EQ(shares, (std::vector<std::int64_t>{2, 2, 2, 1}));
  EXPECT_EQ(share_of_tokens(0, 3, 0), 0);
}

TEST(SplitReply, RefusesWhatCanNotBeToldApart) {
  for (const char* body :
       {"",
        "[]",
        "{}",
        R"({"data":{}})",
        R"({"data":[]})",
        R"({"data":[{"index":0,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":0,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":2,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1}]})",
        R"({"data":[1,2]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":-1,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":0.5,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":"1","embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":null}]})",
        R"({"data":[{"index":0,"embedding":[]},{"embedding":[]}]})",
        R"({"data":[{"embedding":[]},{"index":1,"embedding":[]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[1,]}]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}],"model":{"a":}})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]})",
        R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[]}],"data":[]})"}) {
    EXPECT_FALSE(split_reply(body, 2)) << body;
  }
}

}  // namespace
}  // namespace sluice::gateway
