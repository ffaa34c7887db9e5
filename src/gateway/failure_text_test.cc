#include "gateway/failure_text.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::gateway {
namespace {

std::string named(ErrorCode code) {
  Error error{.code = code, .message = "why"};
  name_failure(error, "Groq");
  return error.message;
}

TEST(NameFailure, PutsClassAndProviderBeforeTheMessage) {
  EXPECT_EQ(named(ErrorCode::rate_limit),
            "litellm.RateLimitError: RateLimitError: GroqException - why");
  EXPECT_EQ(named(ErrorCode::bad_request), "litellm.BadRequestError: GroqException - why");
  EXPECT_EQ(named(ErrorCode::timeout), "litellm.Timeout: Timeout Error: GroqException - why");
  EXPECT_EQ(named(ErrorCode::connection),
            "litellm.APIConnectionError: APIConnectionError: GroqException - why");
  EXPECT_EQ(named(ErrorCode::context_window),
            "litellm.ContextWindowExceededError: litellm.BadRequestError: "
            "ContextWindowExceededError: GroqException - why");
  EXPECT_EQ(named(ErrorCode::content_policy),
            "litellm.ContentPolicyViolationError: litellm.BadRequestError: "
            "ContentPolicyViolationError: GroqException - why");
}

TEST(NameFailure, ARateLimitHasLiteLlmsType) {
  Error error{.code = ErrorCode::rate_limit, .message = "litellm.RateLimitError: said already"};
  name_failure(error, "OpenAI");
  EXPECT_EQ(error.type, "throttling_error");
  EXPECT_EQ(error.message, "litellm.RateLimitError: said already");
}

TEST(AddGroup, TellsTheGroupAndItsFallbacks) {
  const auto told = [](std::string message, std::vector<std::string> fallbacks) {
    Error error{.message = std::move(message)};
    add_group(error, "gpt-4o", fallbacks);
    return error.message;
  };
  EXPECT_EQ(told("litellm.Timeout: x", {}),
            "litellm.Timeout: x. Received Model Group=gpt-4o\n"
            "Available Model Group Fallbacks=None");
  EXPECT_EQ(told("litellm.Timeout: x", {"a", "b"}),
            "litellm.Timeout: x. Received Model Group=gpt-4o\n"
            "Available Model Group Fallbacks=['a', 'b']");
  EXPECT_EQ(told("the gateway's own words", {"a"}), "the gateway's own words");
}

TEST(TimeoutText, TellsSecondsAsPythonPrintsThem) {
  EXPECT_TRUE(timeout_text().starts_with("litellm.Timeout: "));
  EXPECT_EQ(timing_text(600, 1.23456), " - timeout value=600.0, time taken=1.23 seconds");
  EXPECT_EQ(timing_text(0.5, 2), " - timeout value=0.5, time taken=2.0 seconds");
  EXPECT_EQ(deployment_text(std::nullopt),
            "\n\nDeployment Info: request_timeout: None\ntimeout: None");
  EXPECT_EQ(deployment_text(std::chrono::milliseconds(1500)),
            "\n\nDeployment Info: request_timeout: None\ntimeout: 1.5");
}

}  // namespace
}  // namespace sluice::gateway
