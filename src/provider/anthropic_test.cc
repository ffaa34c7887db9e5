// What the golden fixtures do not show: which field an error names, and how the stream decoder
// behaves between events.
#include "provider/anthropic.h"

#include <gtest/gtest.h>

namespace sluice::provider::anthropic {
namespace {

std::string request_with(std::string_view fields) {
  return R"({"model":"claude","messages":[{"role":"user","content":"hi"}],)" + std::string(fields) +
         "}";
}

std::string request_with_messages(std::string_view messages) {
  return R"({"model":"claude","messages":)" + std::string(messages) + "}";
}

TEST(AnthropicRequest, AnErrorNamesTheField) {
  struct Case {
    std::string body;
    std::string_view param;
  };
  const std::string user = R"({"role":"user","content":"x"})";
  const Case cases[] = {
      {R"({"messages":[]})", "model"},
      {R"({"model":1,"messages":[]})", "model"},
      {R"({"model":"m"})", "messages"},
      {R"({"model":"m","messages":{}})", "messages"},
      {request_with_messages("[]"), "messages"},
      {request_with_messages(R"([{"role":"system","content":"x"}])"), "messages"},
      {request_with_messages("[1]"), "messages[0]"},
      {request_with_messages("[" + user + ",{}]"), "messages[1].role"},
      {request_with_messages(R"([{"role":"narrator","content":"x"}])"), "messages[0].role"},
      {request_with_messages(R"([{"role":"user"}])"), "messages[0].content"},
      {request_with_messages(R"([{"role":"user","content":1}])"), "messages[0].content"},
      {request_with_messages(R"([{"role":"system","content":{}}])"), "messages[0].content"},
      {request_with_messages(R"([{"role":"user","content":[1]}])"), "messages[0].content[0]"},
      {request_with_messages(R"([{"role":"user","content":[{"type":"input_audio"}]}])"),
       "messages[0].content[0].type"},
      {request_with_messages(R"([{"role":"user","content":[{"type":"text","text":1}]}])"),
       "messages[0].content[0].text"},
      {request_with_messages(R"([{"role":"user","content":[{"type":"image_url"}]}])"),
       "messages[0].content[0].image_url.url"},
      {request_with_messages(
           R"([{"role":"user","content":[{"type":"image_url","image_url":"cat.png"}]}])"),
       "messages[0].content[0].image_url"},
      {request_with_messages(
           R"([{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,x"}}]}])"),
       "messages[0].content[0].image_url.url"},
      {request_with_messages(R"([{"role":"user","content":[{"type":"file","file":1}]}])"),
       "messages[0].content[0].file"},
      {request_with_messages(
           R"([{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}])"),
       "messages[0].content[0].file.file_id"},
      {request_with_messages(R"([{"role":"tool","content":"x"}])"), "messages[0].tool_call_id"},
      {request_with_messages(R"([{"role":"tool","tool_call_id":"a","content":1}])"),
       "messages[0].content"},
      {request_with_messages("[" + user + R"(,{"role":"assistant","tool_calls":[{}]}])"),
       "messages[1].tool_calls[0].function"},
      {request_with_messages(
           "[" + user +
           R"(,{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"[1]"}}]}])"),
       "messages[1].tool_calls[0].function.arguments"},
      {request_with_messages(
           "[" + user +
           R"(,{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}])"),
       "messages[1].tool_calls[0].id"},
      {request_with_messages("[" + user +
                             R"(,{"role":"assistant","function_call":{"arguments":"{}"}}])"),
       "messages[1].function_call.name"},
      {request_with_messages("[" + user + R"(,{"role":"assistant","function_call":"f"}])"),
       "messages[1].function_call"},
      {request_with_messages("[" + user + R"(,{"role":"assistant","tool_calls":{}}])"),
       "messages[1].tool_calls"},
      {request_with_messages("[" + user + R"(,{"role":"assistant","thinking_blocks":1}])"),
       "messages[1].thinking_blocks"},
      {request_with_messages("[" + user + R"(,{"role":"assistant","thinking_blocks":["x"]}])"),
       "messages[1].thinking_blocks[0]"},
      {request_with(R"("stop":1)"), "stop"},
      {request_with(R"("user":{})"), "user"},
      {request_with(R"("thinking":"on")"), "thinking"},
      {request_with(R"("reasoning_effort":"extreme")"), "reasoning_effort"},
      {request_with(R"("reasoning_effort":1)"), "reasoning_effort"},
      {request_with(R"("tools":{})"), "tools"},
      {request_with(R"("tools":[1])"), "tools[0]"},
      {request_with(R"("tools":[{}])"), "tools[0].function"},
      {request_with(R"("tools":[{"type":"function","function":{}}])"), "tools[0].function.name"},
      {request_with(R"("tools":[{"type":"function","function":{"name":"f","parameters":1}}])"),
       "tools[0].function.parameters"},
      {request_with(R"("tools":[{"type":"magic","function":{"name":"f"}}])"), "tools[0].type"},
      {request_with(R"("tools":[{"type":"bash_1","function":{}}])"), "tools[0].function.name"},
      {request_with(R"("tool_choice":"maybe")"), "tool_choice"},
      {request_with(R"("tool_choice":{})"), "tool_choice.function.name"},
      {request_with(R"("parallel_tool_calls":"no")"), "parallel_tool_calls"},
      {request_with(R"("response_format":"json")"), "response_format.type"},
      {request_with(R"("response_format":{"type":"json_schema"})"),
       "response_format.json_schema.schema"},
  };
  for (const auto& test : cases) {
    const auto result = encode_request(test.body);
    ASSERT_FALSE(result) << test.body << " -> " << *result;
    EXPECT_EQ(result.error().code, ErrorCode::bad_request) << test.body;
    EXPECT_EQ(result.error().param, test.param) << test.body;
    EXPECT_TRUE(result.error().message.starts_with(std::string(test.param) + ": "))
        << result.error().message;
  }
}

TEST(AnthropicRequest, ABodyThatIsNoObjectIsAnError) {
  for (const auto* body : {"", "[]", "1", "{", R"({"model":"m",})"})
    EXPECT_FALSE(encode_request(body)) << body;
}

class AnthropicStream : public testing::Test {
 protected:
  Status feed(std::string_view data, std::string_view name = {}) {
    return decoder_->on_event(name, data, out_);
  }

  std::unique_ptr<StreamDecoder> decoder_ =
      make_stream_decoder({.model = "m", .created = 1, .fallback_id = "chatcmpl-1"});
  std::string out_;
};

constexpr std::string_view start =
    R"({"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":3}}})";
constexpr std::string_view text_start =
    R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})";
constexpr std::string_view text =
    R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"x"}})";
constexpr std::string_view stop = R"({"type":"message_stop"})";

TEST_F(AnthropicStream, SaysNothingBeforeTheFirstContent) {
  ASSERT_TRUE(feed(start));
  ASSERT_TRUE(feed(R"({"type":"ping"})"));
  ASSERT_TRUE(feed(text_start));
  EXPECT_EQ(out_, "");
  ASSERT_TRUE(feed(text));
  EXPECT_EQ(out_,
            "data: {\"id\":\"msg_1\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
            "\"content\":\"x\"},\"finish_reason\":null}]}\n\n");
}

TEST_F(AnthropicStream, IsFinishedByMessageStopAlone) {
  ASSERT_TRUE(feed(start));
  ASSERT_TRUE(feed(text_start));
  ASSERT_TRUE(feed(text));
  ASSERT_TRUE(feed(R"({"type":"message_delta","delta":{"stop_reason":"end_turn"}})"));
  EXPECT_FALSE(decoder_->finished());
  ASSERT_TRUE(feed(stop));
  EXPECT_TRUE(decoder_->finished());
  EXPECT_TRUE(out_.ends_with("data: [DONE]\n\n"));
}

TEST_F(AnthropicStream, IgnoresWhatFollowsItsEnd) {
  ASSERT_TRUE(feed(stop));
  const auto size = out_.size();
  ASSERT_TRUE(feed(text));
  ASSERT_TRUE(feed("not JSON"));
  EXPECT_EQ(out_.size(), size);
}

TEST_F(AnthropicStream, CountsTokensAsTheyAreTold) {
  EXPECT_FALSE(decoder_->usage().known);
  ASSERT_TRUE(feed(start));
  EXPECT_EQ(decoder_->usage().prompt_tokens, 3);
  ASSERT_TRUE(feed(R"({"type":"message_delta","delta":{},"usage":{"output_tokens":4}})"));
  EXPECT_EQ(decoder_->usage().completion_tokens, 4);
  EXPECT_EQ(decoder_->usage().total_tokens, 7);
  EXPECT_TRUE(decoder_->usage().known);
}

TEST_F(AnthropicStream, AnErrorAppendsNothing) {
  ASSERT_TRUE(feed(start));
  ASSERT_TRUE(feed(text));
  const auto before = out_;
  for (const auto* data :
       {R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})",
        "not JSON", "[]", ""}) {
    const auto status = feed(data);
    ASSERT_FALSE(status) << data;
    EXPECT_EQ(status.error().blame, Blame::provider) << data;
    EXPECT_EQ(out_, before) << data;
  }
}

TEST_F(AnthropicStream, TakesTheTypeFromTheNameWhenTheDataLacksIt) {
  ASSERT_TRUE(feed("{}", "message_stop"));
  EXPECT_TRUE(decoder_->finished());
}

TEST_F(AnthropicStream, ALineBreakInTheDataDoesNotBreakTheEvent) {
  ASSERT_TRUE(
      feed("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":\n"
           "{\"type\":\"redacted_thinking\",\r\n\"data\":\"x\"}}"));
  EXPECT_EQ(out_.find_first_of("\r\n"), out_.size() - 2);
  EXPECT_TRUE(out_.contains("redacted_thinking"));
}

TEST_F(AnthropicStream, ToleratesEventsWithoutTheirParts) {
  for (const auto* type : {"message_start", "content_block_start", "content_block_delta",
                           "content_block_stop", "message_delta"})
    EXPECT_TRUE(feed(R"({"type":")" + std::string(type) + "\"}")) << type;
  EXPECT_EQ(out_, "");
}

TEST(AnthropicErrors, HaveTheClassThatLiteLlmGivesThem) {
  struct Case {
    int status;
    std::string_view body;
    ErrorCode code;
    int shown;
  };
  const Case cases[] = {
      {400, R"({"error":{"type":"invalid_request_error","message":"max_tokens: too large"}})",
       ErrorCode::bad_request, 400},
      {400,
       R"({"error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}})",
       ErrorCode::context_window, 400},
      {400,
       R"({"error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}})",
       ErrorCode::content_policy, 400},
      {401, R"({"error":{"type":"authentication_error","message":"invalid x-api-key"}})",
       ErrorCode::authentication, 401},
      {404, R"({"error":{"type":"not_found_error","message":"model: x"}})", ErrorCode::not_found,
       404},
      {413, R"({"error":{"type":"request_too_large","message":"too large"}})",
       ErrorCode::bad_request, 400},
      {429, R"({"error":{"type":"rate_limit_error","message":"slow down"}})", ErrorCode::rate_limit,
       429},
      {500, R"({"error":{"type":"api_error","message":"Internal server error"}})",
       ErrorCode::internal, 500},
      {503, "", ErrorCode::unavailable, 503},
      {529, R"({"error":{"type":"overloaded_error","message":"Overloaded"}})", ErrorCode::internal,
       500},
  };
  for (const auto& test : cases) {
    const auto error = decode_error(test.status, test.body);
    EXPECT_EQ(error.code, test.code) << test.body;
    EXPECT_EQ(error.status, test.shown) << test.body;
    EXPECT_FALSE(error.message.empty()) << test.body;
  }
}

TEST(ToolId, IsOneThatAnthropicAccepts) {
  EXPECT_EQ(tool_id("call_Ab-9"), "call_Ab-9");
  EXPECT_EQ(tool_id("functions.f:0 ä"), "functions_f_0___");
}

}  // namespace
}  // namespace sluice::provider::anthropic
