#include "cache/entry.h"

#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include "base/json_scan.h"

namespace sluice::cache {
namespace {

using provider::Endpoint;

constexpr std::string_view chat =
    "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
    "{\"role\":\"assistant\",\"content\":\"caf\u00e9 \U0001f600 \\\"x\\\"\\n\"}}]}";
constexpr std::string_view item = R"({"embedding":[0.5,-1e-05],"index":1,"object":"embedding"})";

TEST(LiteLlmEntry, IsWrittenLikeJsonDumps) {
  EXPECT_EQ(encode_litellm(Endpoint::chat, R"({"choices":[],"x":"é"})", 1795477657.029638),
            R"({"timestamp": 1795477657.029638, "response": "{\"choices\":[],\"x\":\"\u00e9\"}"})");
  EXPECT_EQ(encode_litellm(Endpoint::embeddings, item, 17.0),
            R"({"timestamp": 17.0, "response": {"embedding":[0.5,-1e-05],"index":1,)"
            R"("object":"embedding"}})");
}

TEST(LiteLlmEntry, ReadsWhatItWrote) {
  const auto answer =
      decode_litellm(Endpoint::chat, encode_litellm(Endpoint::chat, chat, 1795477657.029638));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, chat);
  EXPECT_EQ(answer->stored_at, 1795477657.029638);
  const auto embedding =
      decode_litellm(Endpoint::embeddings, encode_litellm(Endpoint::embeddings, item, 1));
  ASSERT_TRUE(embedding);
  EXPECT_EQ(embedding->body, item);
}

TEST(LiteLlmEntry, ReadsWhatAProxyWrote) {
  std::ifstream in(std::string(SLUICE_GOLDEN_DIR) + "/litellm_entries.jsonl");
  std::size_t read = 0;
  for (std::string line; std::getline(in, line); read++) {
    JsonFields fields;
    ASSERT_FALSE(scan_json_object(line, fields));
    const std::string name = json_unescape(fields.find("case")->value);
    const Endpoint endpoint = name.starts_with("embedding") ? Endpoint::embeddings : Endpoint::chat;
    const std::string value = json_unescape(fields.find("value")->value);
    const auto answer = decode_litellm(endpoint, value);
    ASSERT_TRUE(answer) << name;
    EXPECT_GT(answer->stored_at, 1795477600) << name;
    EXPECT_FALSE(scan_json(answer->body)) << name;
    // Written again, it is the same but for the white space in what is nested.
    if (endpoint == Endpoint::chat) {
      EXPECT_EQ(encode_litellm(endpoint, answer->body, answer->stored_at), value) << name;
    }
  }
  EXPECT_EQ(read, 33u);
}

TEST(LiteLlmEntry, ReadsPythonLiterals) {
  const std::string_view texts[] = {
      R"({'timestamp': 17.5, 'response': '{"choices":[{"a":null,"b":true}]}'})",
      R"({'timestamp': 17.5, 'response': {'choices': [{'a': None, 'b': True}]}})",
      R"({"timestamp": 17.5, "response": "{'choices': [{'a': None, 'b': True}]}"})",
      R"({"timestamp": 17.5, "response": {"choices":[{"a":null,"b":true}]}})",
      R"( { 'response' : "{'choices': [{'a': None, 'b': True,},],}", 'timestamp' : 17.5 } )",
  };
  for (const std::string_view text : texts) {
    const auto answer = decode_litellm(Endpoint::chat, text);
    ASSERT_TRUE(answer) << text;
    EXPECT_EQ(answer->body, R"({"choices":[{"a":null,"b":true}]})") << text;
    EXPECT_EQ(answer->stored_at, 17.5);
  }
}

TEST(LiteLlmEntry, TakesNothingElse) {
  const std::string_view texts[] = {
      "",
      "x",
      "null",
      "17",
      "\"text\"",
      "[]",
      "{}",
      "{",
      "{'",
      "\xff\xfe",
      R"({"timestamp": 1.0, "response": "test_key"})",
      R"({"timestamp": 1.0, "response": "{\"choices\":[]"})",
      R"({"timestamp": 1.0, "response": "{\"error\":{}}"})",
      R"({"timestamp": 1.0, "response": "{\"choices\":7}"})",
      R"({"timestamp": 1.0, "response": {"embedding":[1.0]}})",
      R"({"timestamp": 1.0, "response": "[1]"})",
      R"({"timestamp": 1.0, "response": null})",
      R"({"timestamp": 1.0})",
      R"({"timestamp": "1", "response": {"choices":[]}})",
      R"({"timestamp": NaN, "response": {"choices":[]}})",
      R"({"response": {"choices":[]}})",
      R"({"choices":[]})",
      R"({'timestamp': nan, 'response': {'choices': []}})",
      R"({'timestamp': 1.0, 'response': ModelResponse(choices=[])})",
      R"({"timestamp": 1.0, "response": {"litellm_cached_anthropic_sse_events":["x"]}})",
  };
  for (const std::string_view text : texts)
    EXPECT_FALSE(decode_litellm(Endpoint::chat, text)) << text;
  const std::string whole = encode_litellm(Endpoint::chat, chat, 1);
  for (std::size_t cut = 0; cut < whole.size(); cut++)
    EXPECT_FALSE(decode_litellm(Endpoint::chat, whole.substr(0, cut))) << cut;
  EXPECT_FALSE(decode_litellm(Endpoint::chat, std::string(1 << 20, '[')));
}

TEST(Entry, ReadsWhatItWrote) {
  const Entry entry{.stored_at = 1795477657.029638,
                    .expires_at = 1795477717.5,
                    .from_stream = true,
                    .group = "fast",
                    .provider = "openai",
                    .model = "gpt-4o-mini",
                    .model_id = "id",
                    .usage = {1, 2, 3, 4, 5, 6, true},
                    .body = chat};
  const std::string bytes = encode_entry(entry);
  const auto read = decode_entry(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stored_at, entry.stored_at);
  EXPECT_EQ(read->expires_at, entry.expires_at);
  EXPECT_TRUE(read->from_stream);
  EXPECT_EQ(read->group, "fast");
  EXPECT_EQ(read->provider, "openai");
  EXPECT_EQ(read->model, "gpt-4o-mini");
  EXPECT_EQ(read->model_id, "id");
  EXPECT_EQ(read->usage.prompt_tokens, 1);
  EXPECT_EQ(read->usage.reasoning_tokens, 6);
  EXPECT_TRUE(read->usage.known);
  EXPECT_EQ(read->body, chat);
  EXPECT_TRUE(read->body.data() > bytes.data() && read->body.data() < bytes.data() + bytes.size());
}

TEST(Entry, ReadsTheLeast) {
  const std::string bytes = encode_entry({.body = item});
  const auto read = decode_entry(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->expires_at, std::nullopt);
  EXPECT_FALSE(read->from_stream || read->usage.known);
  EXPECT_EQ(read->group, "");
  EXPECT_EQ(read->body, item);
}

TEST(Entry, TakesNothingElse) {
  const std::string bytes = encode_entry({.group = "g", .model = "m", .body = item});
  for (std::size_t cut = 0; cut < bytes.size(); cut++)
    EXPECT_FALSE(decode_entry(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(decode_entry(bytes + "x"));
  std::string other_version = bytes, other_flags = bytes, long_name = bytes;
  other_version[3] = '2';
  other_flags[4] = '\x08';
  long_name[72] = '\xff';
  EXPECT_FALSE(decode_entry(other_version));
  EXPECT_FALSE(decode_entry(other_flags));
  EXPECT_FALSE(decode_entry(long_name));
  EXPECT_FALSE(decode_entry(encode_litellm(Endpoint::chat, chat, 1)));
  EXPECT_FALSE(decode_entry(std::string(200, '\xff')));
}

}  // namespace
}  // namespace sluice::cache
