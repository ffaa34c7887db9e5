#include "gateway/reply_facts.h"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

TEST(ReadUsage, ReadsTheCountsOfAllProviders) {
  const Usage usage = read_usage(
      R"({"prompt_tokens":10,"completion_tokens":5,"total_tokens":15,
      "prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},
      "completion_tokens_details":{"reasoning_tokens":3},"cache_creation_input_tokens":2})");
  EXPECT_TRUE(usage.known);
  EXPECT_EQ(usage.prompt_tokens, 10);
  EXPECT_EQ(usage.completion_tokens, 5);
  EXPECT_EQ(usage.total_tokens, 15);
  EXPECT_EQ(usage.cached_tokens, 4);
  EXPECT_EQ(usage.reasoning_tokens, 3);
  EXPECT_EQ(usage.cache_write_tokens, 2);
}

TEST(ReadUsage, AddsUpATotalThatIsMissing) {
  EXPECT_EQ(read_usage(R"({"prompt_tokens":3,"completion_tokens":4})").total_tokens, 7);
  EXPECT_EQ(read_usage(R"({"prompt_tokens":3,"total_tokens":null})").total_tokens, 3);
}

TEST(ReadUsage, CountsThatAreNoneAreZero) {
  for (const char* count : {"null", "\"7\"", "-1", "1e300", "[7]", "true", "{}"}) {
    const Usage usage = read_usage(std::string(R"({"prompt_tokens":)") + count +
                                   R"(,"prompt_tokens_details":)" + count + "}");
    EXPECT_TRUE(usage.known) << count;
    EXPECT_EQ(usage.prompt_tokens, 0) << count;
    EXPECT_EQ(usage.cached_tokens, 0) << count;
  }
  EXPECT_EQ(read_usage(R"({"prompt_tokens":7.0})").prompt_tokens, 7);
  EXPECT_FALSE(read_usage("[]").known);
}

TEST(ReadUsage, OfTwoFieldsWithOneNameTheLastCounts) {
  const Usage usage = read_usage(
      R"({"prompt_tokens":1,"prompt_tokens":2,"completion_tokens":3,"completion_tokens":null,
      "prompt_tokens_details":{"cached_tokens":4},"prompt_tokens_details":{"cached_tokens":5}})");
  EXPECT_EQ(usage.prompt_tokens, 2);
  EXPECT_EQ(usage.completion_tokens, 0);
  EXPECT_EQ(usage.cached_tokens, 5);
}

TEST(ReadReply, FindsUsageAndNoError) {
  const auto facts =
      read_reply(R"({"choices":[],"usage":{"total_tokens":3},"error":null})", "application/json");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->usage.total_tokens, 3);
  EXPECT_EQ(facts->error, "");
}

TEST(ReadReply, FindsAnErrorUnderAGoodStatus) {
  const auto facts = read_reply(R"({"error": {"message":"no"} })", "application/json");
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->error, R"({"message":"no"})");
  EXPECT_FALSE(facts->usage.known);
}

TEST(ReadReply, UsageOfAnotherTypeIsUnknown) {
  for (const char* body : {"{}", R"({"usage":null})", R"({"usage":[1]})", R"({"usage":5})"})
    EXPECT_FALSE(read_reply(body, "")->usage.known) << body;
}

TEST(ReadReply, WhatIsNoJsonIsTheProvidersFaultAndSaysWhatItWas) {
  const std::string_view whole = R"({"choices":[{"message":{"content":"hi"}}],"usage":{}})";
  for (std::size_t size = 0; size < whole.size(); size++) {
    const auto facts = read_reply(whole.substr(0, size), "application/json");
    ASSERT_FALSE(facts) << size;
    EXPECT_EQ(facts.error().code, ErrorCode::connection);
    EXPECT_EQ(facts.error().blame, Blame::provider);
  }
  const auto page = read_reply("<html>secret</html>", "text/html");
  ASSERT_FALSE(page);
  EXPECT_NE(page.error().message.find("(content-type: text/html) is not JSON"), std::string::npos);
  EXPECT_EQ(page.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace sluice::gateway
