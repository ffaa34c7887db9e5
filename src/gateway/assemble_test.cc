// A stream put together again, told by as_stream or by providers.
#include "gateway/assemble.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "gateway/local_reply.h"

namespace sluice::gateway {
namespace {

using provider::Endpoint;

std::string event(std::string_view json) { return "data: " + std::string(json) + "\n\n"; }
std::string chunk(std::string_view choices) {
  return event(
      R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[)" +
      std::string(choices) + "]}");
}
const std::string done = "data: [DONE]\n\n";

std::string assembled(const std::string& events, Endpoint endpoint = Endpoint::chat,
                      const Usage& usage = {}) {
  const auto whole = assemble_stream(endpoint, events, usage);
  return whole ? *whole : "error: " + whole.error().message;
}

TEST(AssembleStream, JoinsTheTextOfAChat) {
  const std::string events =
      ": a comment\n\n" +
      chunk(R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null})") +
      chunk(R"({"index":0,"delta":{"content":"Hel\u006c"},"finish_reason":null})") +
      chunk(R"({"index":0,"delta":{"content":"o \"you\""},"finish_reason":null})") +
      chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})") +
      event(
          R"({"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})") +
      done;
  EXPECT_EQ(
      assembled(events),
      R"({"id":"c1","created":7,"model":"m","object":"chat.completion","choices":[)"
      R"({"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"Hello \"you\""}}],)"
      R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})");
}

TEST(AssembleStream, JoinsToolCallsByTheirIndex) {
  const std::string events =
      chunk(
          R"({"index":0,"delta":{"role":"assistant","content":null,"tool_calls":[)"
          R"({"index":0,"id":"t1","type":"function","function":{"name":"look","arguments":""}}]}})") +
      chunk(R"({"index":0,"delta":{"tool_calls":[{"index":1,"id":"t2","type":"function",)"
            R"("function":{"name":"go","arguments":"{}"}}]}})") +
      chunk(
          R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":"}}]}})") +
      chunk(R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}})") +
      chunk(R"({"index":0,"delta":{},"finish_reason":"tool_calls"})") + done;
  EXPECT_NE(
      assembled(events).find(
          R"("message":{"role":"assistant","content":null,"tool_calls":[)"
          R"({"id":"t1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}},)"
          R"({"id":"t2","type":"function","function":{"name":"go","arguments":"{}"}}]})"),
      std::string::npos)
      << assembled(events);
}

TEST(AssembleStream, KeepsChoicesApartAndInOrder) {
  const std::string events =
      chunk(R"({"index":1,"delta":{"content":"b"},"finish_reason":"stop"})") +
      chunk(R"({"index":0,"delta":{"content":"a"},"finish_reason":"length"})") + done;
  const std::string whole = assembled(events);
  EXPECT_LT(whole.find("\"a\""), whole.find("\"b\""));
  EXPECT_LT(whole.find("\"length\""), whole.find("\"stop\""));
}

TEST(AssembleStream, JoinsWhatProvidersAdd) {
  const std::string events =
      chunk(
          R"({"index":0,"delta":{"reasoning_content":"I "},"logprobs":{"content":[{"token":"a"}]}})") +
      chunk(
          R"({"index":0,"delta":{"reasoning_content":"think"},"logprobs":{"content":[{"token":"b"}]},"finish_reason":"stop"})") +
      done;
  const std::string whole = assembled(events);
  EXPECT_NE(whole.find(R"("reasoning_content":"I think")"), std::string::npos) << whole;
  EXPECT_NE(whole.find(R"("logprobs":{"content":[{"token":"a"},{"token":"b"}]})"),
            std::string::npos)
      << whole;
}

TEST(AssembleStream, TakesTheUsageThatTheGatewaySaw) {
  const std::string events =
      chunk(R"({"index":0,"delta":{"content":"a"},"finish_reason":"stop"})") + done;
  const Usage usage{.prompt_tokens = 4, .completion_tokens = 1, .total_tokens = 5, .known = true};
  EXPECT_NE(assembled(events, Endpoint::chat, usage).find("\"total_tokens\":5"), std::string::npos);
  EXPECT_EQ(assembled(events).find("usage"), std::string::npos);
}

TEST(AssembleStream, RefusesWhatDidNotEndWell) {
  const std::string begin = chunk(R"({"index":0,"delta":{"content":"a"}})");
  const std::string finish = chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})");
  for (const std::string& events :
       {std::string(), done, begin + done, begin + finish,
        begin + event(R"({"error":{"message":"x"}})") + done, begin + event("{") + finish + done,
        begin + event("[]") + finish + done, chunk("5") + done,
        begin + finish + chunk(R"({"index":1,"delta":{"content":"b"}})") + done}) {
    EXPECT_TRUE(assembled(events).starts_with("error: ")) << events;
  }
}

// As JSON values, so that spelling and order of fields don't count.
bool same_json(simdjson::dom::element a, simdjson::dom::element b) {
  using simdjson::dom::element_type;
  if (a.type() != b.type()) return false;
  if (a.type() == element_type::OBJECT) {
    simdjson::dom::object left = a, right = b;
    if (left.size() != right.size()) return false;
    for (const auto field : left) {
      simdjson::dom::element other;
      if (right[field.key].get(other) != simdjson::SUCCESS || !same_json(field.value, other))
        return false;
    }
    return true;
  }
  if (a.type() == element_type::ARRAY) {
    simdjson::dom::array left = a, right = b;
    if (left.size() != right.size()) return false;
    auto other = right.begin();
    for (const auto each : left) {
      if (!same_json(each, *other)) return false;
      ++other;
    }
    return true;
  }
  return simdjson::minify(a) == simdjson::minify(b);
}

TEST(AssembleStream, IsTheInverseOfTellingAnAnswerAsAStream) {
  const std::string head =
      R"({"id":"x","created":1,"model":"m","object":"chat.completion","choices":[)";
  const std::string tail =
      R"(],"usage":{"completion_tokens":1,"prompt_tokens":2,"total_tokens":3}})";
  const std::string text_head =
      R"({"id":"x","created":1,"model":"m","object":"text_completion","choices":[)";
  const std::vector<std::pair<Endpoint, std::string>> answers{
      {Endpoint::chat,
       head +
           R"({"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"one two  three\n\u00e9 \"q\" "}})" +
           tail},
      {Endpoint::chat,
       head +
           R"({"finish_reason":"length","index":0,"message":{"role":"assistant","content":"a"}},{"finish_reason":"stop","index":1,"message":{"role":"assistant","content":"b c"}})" +
           tail},
      {Endpoint::chat,
       head +
           R"({"finish_reason":"tool_calls","index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{\"a\": [1, 2]}"}},{"id":"u","type":"function","function":{"name":"g","arguments":"{}"}}]}})" +
           tail},
      {Endpoint::chat,
       head +
           R"({"finish_reason":"stop","index":0,"logprobs":{"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[]}]},"message":{"role":"assistant","content":"a","reasoning_content":"because"}})" +
           tail},
      {Endpoint::completions,
       text_head + R"({"finish_reason":"stop","index":0,"logprobs":null,"text":"one two"})" + tail},
  };
  for (const auto& [endpoint, answer] : answers) {
    const auto events = as_stream(endpoint, answer, true);
    ASSERT_TRUE(events);
    const std::string again = assembled(*events, endpoint);
    simdjson::dom::parser first, second;
    EXPECT_TRUE(same_json(first.parse(answer), second.parse(again))) << answer << "\n" << again;
  }
}

}  // namespace
}  // namespace sluice::gateway
