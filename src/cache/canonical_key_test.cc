#include "cache/canonical_key.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice::cache {
namespace {

using provider::Endpoint;

struct Request {
  std::string_view body;
  Endpoint endpoint = Endpoint::chat;
  std::string_view group = "fast";
  NamedValues defaults = {};
  std::string_view name_space = {}, tenant = {}, credentials = {};
};

std::string key_of(const Request& request, const CacheSettings& settings = {}) {
  JsonFields fields;
  EXPECT_FALSE(scan_json_object(request.body, fields)) << request.body;
  return canonical_key({.endpoint = request.endpoint,
                        .group = request.group,
                        .fields = &fields,
                        .deployment_params = &request.defaults,
                        .name_space = request.name_space,
                        .tenant = request.tenant,
                        .credentials = request.credentials},
                       settings);
}

constexpr std::string_view plain =
    R"({"model":"fast","messages":[{"role":"user","content":"hi"}],"temperature":1})";

TEST(CanonicalKey, IsTheSameForTheSameQuestion) {
  const std::string key = key_of({plain});
  for (const std::string_view body : {
           R"({"temperature":1.0,"messages":[{"content":"h\u0069","role":"user"}],"model":"fast"})",
           R"({"model":"other","messages":[{"role":"user","content":"hi"}],"temperature":1e0,
               "stream":true,"stream_options":{"include_usage":true},"metadata":{"a":1},
               "cache":{"ttl":5},"timeout":3,"num_retries":1,"fallbacks":["x"],"ttl":4,
               "caching":true,"seed":null,"tools":null})",
           R"({"temperature":9,"messages":[],"temperature":1,
               "messages":[{"role":"user","content":"hi"}]})",
       })
    EXPECT_EQ(key_of({body}), key) << body;
}

TEST(CanonicalKey, DiffersWithWhateverChangesTheAnswer) {
  const std::vector<Request> requests = {
      {plain},
      {R"({"messages":[{"role":"user","content":"hi"}]})"},
      {R"({"messages":[{"role":"user","content":"ho"}],"temperature":1})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1.1})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"top_k":3})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"top_k":null})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"user":"u"})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"extra_body":{"x":1}})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"tags":["x"]})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"drop_params":true})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"a":1,"b":23})"},
      {R"({"messages":[{"role":"user","content":"hi"}],"temperature":1,"a":12,"b":3})"},
      {plain, Endpoint::completions},
      {plain, Endpoint::chat, "slow"},
      {plain, Endpoint::chat, "fast", {{"seed", "1"}}},
      {.body = plain, .tenant = "t"},
      {.body = plain, .tenant = "u"},
      {.body = plain, .credentials = "t"},
      {.body = plain, .name_space = "t"},
  };
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < requests.size(); i++) {
    const auto [place, is_new] = seen.emplace(key_of(requests[i]), i);
    EXPECT_TRUE(is_new) << i << " and " << place->second;
  }
}

TEST(CanonicalKey, TakesTheDeploymentsDefaults) {
  const NamedValues defaults = {{"seed", "7"}, {"temperature", "0.5"}};
  const std::string key = key_of({R"({"prompt":"x","temperature":0.5,"seed":7})"});
  EXPECT_EQ(key_of({.body = R"({"prompt":"x"})", .defaults = defaults}), key);
  EXPECT_EQ(key_of({.body = R"({"prompt":"x","seed":7.0})", .defaults = defaults}), key);
  EXPECT_NE(key_of({.body = R"({"prompt":"x","seed":8})", .defaults = defaults}), key);
  // A null goes to the provider in place of the default.
  EXPECT_NE(key_of({.body = R"({"prompt":"x","seed":null})", .defaults = defaults}), key);
}

TEST(CanonicalKey, StandsInItsNamespace) {
  const CacheSettings settings{.name_space = "prod"};
  const std::string key = key_of({plain});
  EXPECT_TRUE(key.starts_with("sluice:")) << key;
  EXPECT_EQ(key.size(), 7 + 64u);
  EXPECT_EQ(key_of({plain}, settings), "prod:" + key);
  EXPECT_EQ(key_of({.body = plain, .name_space = "prod"}, settings), "prod:" + key);
  EXPECT_EQ(key_of({.body = plain, .name_space = "team"}, settings), "prod:team:" + key);
}

TEST(CanonicalKey, IsSharedByACachingGroup) {
  CacheSettings settings;
  settings.caching_groups = {{"fast", "slow"}};
  const Request fast{.body = plain, .group = "fast"}, slow{.body = plain, .group = "slow"},
      other{.body = plain, .group = "other"};
  EXPECT_EQ(key_of(fast, settings), key_of(slow, settings));
  EXPECT_NE(key_of(fast, settings), key_of(other, settings));
  EXPECT_EQ(key_of(other, settings), key_of(other));
}

TEST(CanonicalKey, OfAnItemIsThatOfTheItemAlone) {
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(R"({"input":["a","b"],"dimensions":8})", fields));
  const KeyInput input{.endpoint = Endpoint::embeddings, .group = "fast", .fields = &fields};
  const auto alone = [](std::string_view body) {
    return key_of({.body = body, .endpoint = Endpoint::embeddings});
  };
  EXPECT_EQ(canonical_item_key(input, {}, "\"a\""), alone(R"({"dimensions":8,"input":"a"})"));
  EXPECT_NE(canonical_item_key(input, {}, "\"a\""), canonical_item_key(input, {}, "\"b\""));
}

// Entries live in stores that outlast this binary.
TEST(CanonicalKey, StaysWhatItIs) {
  EXPECT_EQ(key_of({plain}),
            "sluice:7339873e32487c2f53f9f1d881df4a476aa80d9e2ae070dd03e6f9c8cf76962c");
}

}  // namespace
}  // namespace sluice::cache
