// Keys that LiteLLM 1.68.0 made, in three sets: those of its cache's own functions, recorded from a
// running proxy, and made by tests/support/make_cache_keys.py from bodies that are hard to print.
#include "cache/litellm_key.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "cache/cache_control.h"

namespace sluice::cache {
namespace {

using provider::Endpoint;

Endpoint endpoint_of(std::string_view path) {
  if (path.ends_with("chat/completions")) return Endpoint::chat;
  return path.ends_with("embeddings") ? Endpoint::embeddings : Endpoint::completions;
}

JsonFields scanned(std::string_view json) {
  JsonFields fields;
  EXPECT_FALSE(scan_json_object(json, fields)) << json;
  return fields;
}

// The keys of one request as a call of the gateway would have them.
std::vector<std::string> keys_of(std::string_view path, std::string_view body,
                                 const CacheSettings& settings, const NamedValues& params = {}) {
  const JsonFields fields = scanned(body);
  const auto control = read_cache_control(fields, "");
  EXPECT_TRUE(control) << body;
  const std::string model = json_unescape(fields.find("model")->value);
  const JsonField* stream = fields.find("stream");
  const KeyInput input{.endpoint = endpoint_of(path),
                       .group = model,
                       .fields = &fields,
                       .deployment_params = &params,
                       .stream = stream != nullptr && stream->value == "true",
                       .name_space = name_space_of(settings, *control)};
  std::vector<std::string_view> items;
  if (input.endpoint != Endpoint::embeddings || scan_json_array(fields.find("input")->value, items))
    return {litellm_key(input, settings)};
  std::vector<std::string> keys;
  for (const std::string_view item : items) keys.push_back(litellm_item_key(input, settings, item));
  return keys;
}

std::string key_of(std::string_view body, const CacheSettings& settings = {},
                   const NamedValues& params = {}) {
  return keys_of("/chat/completions", body, settings, params).front();
}

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream in(std::string(SLUICE_GOLDEN_DIR) + "/" + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  EXPECT_FALSE(lines.empty()) << file;
  return lines;
}

TEST(LiteLlmKey, IsTheDigestOfNamesAndValues) {
  EXPECT_EQ(key_of(R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]})"),
            "10f0ba6580de5e4018bf440f740dfb39438f484d16de558044ffe5ebdf52df48");
  EXPECT_EQ(key_of(R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],
                       "temperature":0,"max_tokens":16})"),
            "295cae9e2705992cd29cb99d70f55cef037af683a87945646787250902421be4");
  EXPECT_EQ(key_of(R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],
                       "max_tokens":16,"temperature":0})"),
            "71c42bd304786a5c9dee20274a62af3ec7ada7d12ac010312889b655c0dec401");
  EXPECT_EQ(key_of(R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],
                       "stream":true})"),
            "5593fa339736881479802eb87bdf21fa4100e3c51b5eb84c8a9f1827e8537e7e");
  EXPECT_EQ(key_of(R"({"model":"gpt-4o-mini","messages":[{"role":"user",
                       "content":"it's \"x\"\n\u00e9\u200b","name":null}],
                       "top_p":0.1,"parallel_tool_calls":true,"seed":null})"),
            "09bb320e9ab986b776e5e46c6ee2b6bbf513938840c4d9b96ffd1809034a88f2");
}

TEST(LiteLlmKey, KeepsThePlaceOfTheDeploymentsParameters) {
  EXPECT_EQ(key_of(R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],
                       "user":"u1","temperature":0.7})",
                   {}, {{"temperature", "0.2"}, {"max_tokens", "100"}}),
            "101c009989a48de7f337c960f90c4a602cd141f37a93711a7e7071c1bdea0eb0");
}

TEST(LiteLlmKey, OfOneEmbeddingInput) {
  EXPECT_EQ(
      keys_of("/v1/embeddings", R"({"model":"emb","input":"hello"})", {}),
      std::vector<std::string>{"c3003f4337677f065c6893518f5c633037df16fe8175832c100406be96c7aad6"});
}

constexpr std::string_view hi =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]})";
constexpr std::string_view hi_for_tenant =
    R"({"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}],
        "cache":{"namespace":"tenant"}})";
const std::string hi_digest = "10f0ba6580de5e4018bf440f740dfb39438f484d16de558044ffe5ebdf52df48";

TEST(LiteLlmKey, HasTheNamespaceInFront) {
  const CacheSettings settings{.name_space = "litellm_caching"};
  EXPECT_EQ(key_of(hi, settings), "litellm_caching:" + hi_digest);
  EXPECT_EQ(key_of(hi_for_tenant, settings), "tenant:" + hi_digest);
}

TEST(LiteLlmKey, HasBothNamespacesInRedis) {
  const CacheSettings settings{.type = CacheType::redis, .name_space = "base"};
  EXPECT_EQ(key_of(hi, settings), "base:" + hi_digest);
  EXPECT_EQ(key_of(hi_for_tenant, settings), "base:tenant:" + hi_digest);
  const CacheSettings begins_alike{.type = CacheType::redis, .name_space = "ten"};
  EXPECT_EQ(key_of(hi_for_tenant, begins_alike), "tenant:" + hi_digest);
}

TEST(LiteLlmKey, DoesNotDependOnWhoAsks) {
  const JsonFields fields = scanned(hi);
  const KeyInput input{.group = "g", .fields = &fields, .tenant = "t", .credentials = "c"};
  const KeyInput other{.group = "g", .fields = &fields};
  EXPECT_EQ(litellm_key(input, {}), litellm_key(other, {}));
}

// case -> body and path of the recorded requests.
struct Request {
  std::string path, body;
};
std::map<std::string, Request> recorded_requests() {
  std::map<std::string, Request> requests;
  for (const std::string& line : lines_of("litellm/proxy-with-redis-cache.jsonl")) {
    const JsonFields fields = scanned(line);
    const JsonFields request = scanned(fields.find("request")->value);
    const JsonField* raw = request.find("raw");
    const JsonField* json = request.find("json");
    if (raw == nullptr && json == nullptr) continue;
    requests[json_unescape(fields.find("case")->value)] = {
        json_unescape(request.find("path")->value),
        raw != nullptr ? json_unescape(raw->value) : std::string(json->value)};
  }
  return requests;
}

TEST(LiteLlmKey, IsTheOneThatAProxyWrote) {
  const CacheSettings settings{.type = CacheType::redis};
  const auto requests = recorded_requests();
  for (const std::string& line : lines_of("litellm_entries.jsonl")) {
    const JsonFields entry = scanned(line);
    const auto found = requests.find(json_unescape(entry.find("case")->value));
    ASSERT_NE(found, requests.end()) << line;
    const auto keys = keys_of(found->second.path, found->second.body, settings);
    const std::string key = json_unescape(entry.find("key")->value);
    EXPECT_NE(std::ranges::find(keys, key), keys.end()) << found->first;
  }
}

TEST(LiteLlmKey, PrintsWhatPythonPrints) {
  CacheSettings settings;
  settings.caching_groups = {{"ga", "gb"}, {"it's", "x"}};
  for (const std::string& line : lines_of("cache_keys.jsonl")) {
    const JsonFields row = scanned(line);
    settings.provider_params_in_key = row.find("provider_params")->value == "true";
    NamedValues params;
    for (const JsonField& each : scanned(row.find("params")->value))
      params.emplace_back(each.key, each.value);
    std::vector<std::string_view> expected;
    ASSERT_FALSE(scan_json_array(row.find("keys")->value, expected));
    const std::string body = json_unescape(row.find("body")->value);
    const auto keys = keys_of(json_unescape(row.find("path")->value), body, settings, params);
    ASSERT_EQ(keys.size(), expected.size()) << body;
    for (std::size_t i = 0; i < keys.size(); i++)
      EXPECT_EQ('"' + keys[i] + '"', expected[i]) << body;
  }
}

}  // namespace
}  // namespace sluice::cache
