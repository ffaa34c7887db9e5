#include "cache/text_answer.h"

#include <gtest/gtest.h>

#include "cache/entry.h"

namespace sluice::cache {
namespace {

using provider::Endpoint;

constexpr std::string_view text =
    R"({"object":"text_completion","id":"c","choices":[{"index":0,"finish_reason":"stop",)"
    R"("logprobs":null,"text":"a \"message\" \u00e9"}],"usage":{"total_tokens":3}})";
constexpr std::string_view chat =
    R"({"object":"chat.completion","id":"c","choices":[{"index":0,"finish_reason":"stop",)"
    R"("logprobs":null,"message":{"role":"assistant","content":"a \"message\" \u00e9"}}],)"
    R"("usage":{"total_tokens":3}})";

TEST(TextAnswer, ComesBackFromAChat) {
  EXPECT_EQ(text_as_chat(text), chat);
  EXPECT_EQ(chat_as_text(chat), text);
  EXPECT_EQ(chat_as_text(text), text);
}

TEST(TextAnswer, NeedsNothingThatOthersLeaveOut) {
  EXPECT_EQ(chat_as_text(R"({"choices":[{"message":{"content":null}}]})"),
            R"({"object":"text_completion","choices":[{"text":"","logprobs":null}]})");
  EXPECT_EQ(text_as_chat(R"({"choices":[{"text":null}]})"),
            R"({"object":"chat.completion","choices":[{"message":)"
            R"({"role":"assistant","content":""}}]})");
}

TEST(TextAnswer, IsNoneWithoutAText) {
  for (const char* body : {"", "[]", "{}", R"({"choices":5})", R"({"choices":[5]})",
                           R"({"choices":[{}]})", R"({"choices":[{"text":5}]})"})
    EXPECT_FALSE(text_as_chat(body)) << body;
  for (const char* body : {R"({"message":1})", R"({"choices":[{"message":1}]})",
                           R"({"choices":[{"message":{"content":[]}}]})"})
    EXPECT_FALSE(chat_as_text(body)) << body;
}

TEST(TextAnswer, IsKeptAsAChatWhenItWasStreamed) {
  for (const bool streamed : {false, true}) {
    const Entry entry{.stored_at = 5, .from_stream = streamed, .body = text};
    const std::string bytes = encode_litellm(Endpoint::completions, entry);
    EXPECT_EQ(bytes.find("chat.completion") != std::string::npos, streamed);
    const auto answer = decode_litellm(Endpoint::completions, bytes);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, text);
    EXPECT_EQ(answer->stored_at, 5);
  }
}

TEST(TextAnswer, LeavesOtherAnswersAlone) {
  const Entry entry{.from_stream = true, .body = chat};
  const auto answer = decode_litellm(Endpoint::chat, encode_litellm(Endpoint::chat, entry));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, chat);
}

}  // namespace
}  // namespace sluice::cache
