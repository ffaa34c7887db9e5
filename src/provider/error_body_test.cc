#include "provider/error_body.h"

#include <gtest/gtest.h>

#include "provider/dialect.h"

namespace sluice::provider {
namespace {

TEST(ErrorBody, FindsTheMessageInEveryShape) {
  struct Case {
    std::string_view body, message;
  };
  const Case cases[] = {
      {R"({"error":{"message":"no","type":"t","param":null,"code":"c"}})", "no"},
      {R"({"error":"no"})", "no"},
      {R"({"message":"no","type":"t"})", "no"},
      {R"({"object":"error","message":"no","code":400})", "no"},
      {R"({"detail":"no"})", "no"},
      {R"({"detail":{"error":"no"}})", "no"},
      {R"({"detail":[{"loc":["body","messages",0],"msg":"field required"},{"msg":"and more"}]})",
       "body.messages.0: field required; and more"},
      {R"([{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}])", "no"},
      {R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
       "Overloaded"},
      {R"({"errors":["one","two"]})", "one; two"},
      {R"({"error":{"message":{"deep":1}}})", R"({"deep":1})"},
      {R"({"unknown":"shape"})", R"({"unknown":"shape"})"},
      {R"("text")", R"("text")"},
      {"  upstream connect error \n", "upstream connect error"},
      {"", "HTTP 502 without a message"},
      {" \n", "HTTP 502 without a message"},
      {R"({"error":{"message":""}})", R"({"error":{"message":""}})"},
      {"<html><head><TITLE>502 Bad Gateway</TITLE></head></html>",
       "HTTP 502 with a web page instead of JSON: 502 Bad Gateway"},
      {"<!DOCTYPE html><body>x</body>", "HTTP 502 with a web page instead of JSON"},
      {"bad \xff bytes", "bad ? bytes"},
  };
  for (const auto& test : cases)
    EXPECT_EQ(read_error_body(502, test.body).message, test.message) << test.body;
}

TEST(ErrorBody, KeepsTypeParamAndCode) {
  const auto body = read_error_body(
      400, R"({"error":{"message":"m","type":"invalid_request_error","param":"n","code":7}})");
  EXPECT_EQ(body.type, "invalid_request_error");
  EXPECT_EQ(body.param, "n");
  EXPECT_EQ(body.code, "7");
}

TEST(ErrorBody, LongTextIsCutAtACharacter) {
  std::string text = "x";
  while (text.size() < 10'000) text += "ä";
  const auto message = read_error_body(500, text).message;
  EXPECT_EQ(message.size(), 1999 + std::string_view("…").size());
  EXPECT_TRUE(message.ends_with("ä…"));
}

TEST(Classify, TheStatusDecides) {
  struct Case {
    int status;
    ErrorCode code;
    int shown;
    Blame blame;
  };
  constexpr Case cases[] = {
      {400, ErrorCode::bad_request, 400, Blame::client},
      {401, ErrorCode::authentication, 401, Blame::gateway},
      {403, ErrorCode::api_error, 403, Blame::provider},
      {404, ErrorCode::not_found, 404, Blame::gateway},
      {408, ErrorCode::timeout, 408, Blame::provider},
      {422, ErrorCode::bad_request, 400, Blame::client},
      {429, ErrorCode::rate_limit, 429, Blame::provider},
      {500, ErrorCode::api_error, 500, Blame::provider},
      {502, ErrorCode::api_error, 502, Blame::provider},
      {503, ErrorCode::unavailable, 503, Blame::provider},
      {504, ErrorCode::timeout, 504, Blame::provider},
      {529, ErrorCode::api_error, 529, Blame::provider},
      {302, ErrorCode::api_error, 500, Blame::provider},
  };
  for (const auto& test : cases) {
    const auto error = openai_dialect.decode_error(test.status, R"({"error":{"message":"no"}})");
    EXPECT_EQ(error.code, test.code) << test.status;
    EXPECT_EQ(error.status, test.shown) << test.status;
    EXPECT_EQ(error.blame, test.blame) << test.status;
    EXPECT_EQ(error.message, "no");
  }
}

TEST(Classify, SomeMessagesDecide) {
  struct Case {
    int status;
    std::string_view body;
    ErrorCode code;
  };
  const Case cases[] = {
      {400,
       R"({"error":{"message":"This model's maximum context length is 8192 tokens. However…"}})",
       ErrorCode::context_window},
      {400, R"({"error":{"message":"too big","code":"context_length_exceeded"}})",
       ErrorCode::context_window},
      {422, R"({"error":"`inputs` tokens + `max_new_tokens` must be <= 4096"})",
       ErrorCode::context_window},
      {400, R"({"error":{"message":"x","code":"content_policy_violation"}})",
       ErrorCode::content_policy},
      {400,
       R"({"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter"}})",
       ErrorCode::content_policy},
      {400,
       R"({"error":{"message":"Your request was rejected as a result of our safety system."}})",
       ErrorCode::content_policy},
      {400, R"({"error":{"message":"The model `x` does not exist","code":"model_not_found"}})",
       ErrorCode::not_found},
      // The words count only for what is wrong with the request.
      {429, R"({"error":{"message":"too many tokens per minute"}})", ErrorCode::rate_limit},
      {500, R"({"error":{"message":"maximum context length"}})", ErrorCode::api_error},
  };
  for (const auto& test : cases)
    EXPECT_EQ(openai_dialect.decode_error(test.status, test.body).code, test.code) << test.body;
}

}  // namespace
}  // namespace sluice::provider
