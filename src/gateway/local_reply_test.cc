// Answers that the gateway makes itself must read like a provider's.
#include "gateway/local_reply.h"

#include <gtest/gtest.h>

#include <map>

#include "http/sse.h"

namespace sluice::gateway {
namespace {

// The text of a field, unescaped if it is a string; "" when it is not there.
std::string get(std::string_view json, std::string_view name) {
  JsonFields fields;
  if (scan_json_object(json, fields)) return "not an object";
  const JsonField* field = fields.find(name);
  if (field == nullptr) return "";
  return field->type == JsonType::string ? json_unescape(field->value) : std::string(field->value);
}

std::vector<std::string> elements(std::string_view json) {
  std::vector<std::string_view> list;
  EXPECT_FALSE(scan_json_array(json, list)) << json;
  return {list.begin(), list.end()};
}

// What a client puts together from a stream.
struct Reassembled {
  struct Choice {
    std::string content, tool_calls, finish_reason, logprobs;
    int pieces = 0;  // of content
    bool has_content = false;
  };
  std::map<std::string, Choice> choices;  // by index
  std::string usage, id, model, object;
  bool done = false;
};

void take_choice(const std::string& choice, Reassembled& all, bool chat) {
  Reassembled::Choice& said = all.choices[get(choice, "index")];
  const std::string delta = chat ? get(choice, "delta") : choice;
  const std::string name = chat ? "content" : "text";
  JsonFields fields;
  EXPECT_FALSE(scan_json_object(delta, fields)) << delta;
  if (fields.find(name) != nullptr) {
    said.has_content = true;
    said.content += get(delta, name);
    said.pieces++;
  }
  if (const std::string calls = get(delta, "tool_calls"); !calls.empty()) said.tool_calls = calls;
  said.logprobs += get(choice, "logprobs");
  const std::string reason = get(choice, "finish_reason");
  EXPECT_EQ(said.finish_reason, "") << "a chunk after the last: " << choice;
  if (reason != "null") said.finish_reason = reason;
}

Reassembled reassemble(std::string_view stream, bool chat = true) {
  Reassembled all;
  http::SseSplitter splitter;
  splitter.feed(stream);
  while (const auto event = splitter.next()) {
    EXPECT_FALSE(all.done) << "an event after the end mark";
    if (event->data == "[DONE]") {
      all.done = true;
      continue;
    }
    all.id = get(event->data, "id");
    all.model = get(event->data, "model");
    all.object = get(event->data, "object");
    for (const std::string& choice : elements(get(event->data, "choices")))
      take_choice(choice, all, chat);
    if (const std::string usage = get(event->data, "usage"); !usage.empty()) all.usage = usage;
  }
  EXPECT_EQ(splitter.rest(), "");
  EXPECT_TRUE(all.done);
  return all;
}

Reassembled retell(std::string_view body, Endpoint endpoint = Endpoint::chat, bool usage = false) {
  const auto stream = as_stream(endpoint, body, usage);
  EXPECT_TRUE(stream) << body;
  return stream ? reassemble(*stream, endpoint == Endpoint::chat) : Reassembled{};
}

TEST(AsStream, ReassemblesToTheSameMessage) {
  const auto all = retell(R"({"id":"x","created":5,"model":"m\u0031","object":"chat.completion",
    "choices":[{"index":0,"message":{"role":"assistant","content":" two  words\n\u00e9 \"q\" "},
    "finish_reason":"length"}],"usage":{"total_tokens":3}})");
  EXPECT_EQ(all.id, "x");
  EXPECT_EQ(all.model, "m1");
  EXPECT_EQ(all.object, "chat.completion.chunk");
  EXPECT_EQ(all.usage, "");
  EXPECT_EQ(all.choices.at("0").content, " two  words\né \"q\" ");
  EXPECT_GT(all.choices.at("0").pieces, 3);
  EXPECT_EQ(all.choices.at("0").finish_reason, "length");
}

TEST(AsStream, OneEventIsOneLineHoweverTheProviderBrokeItsJson) {
  const auto all = retell(
      "{\n \"choices\": [\r\n {\"index\"\n: 0, \"message\": {\n\"content\": \"a\\nb\",\n"
      "\"tool_calls\": [\n{\n\"id\": \"c\"\n}\n]}}],\n \"usage\": {\n \"total_tokens\": 3\n}\n}\n",
      Endpoint::chat, true);
  EXPECT_EQ(all.choices.at("0").content, "a\nb");
  EXPECT_EQ(get(elements(all.choices.at("0").tool_calls).at(0), "id"), "c");
  EXPECT_EQ(get(all.usage, "total_tokens"), "3");
}

TEST(AsStream, EachToolCallSaysWhichItIsOnce) {
  const auto all = retell(R"({"choices":[{"message":{"content":null,"tool_calls":[
    {"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},
    {"index":7,"id":"b"},{ }]},"finish_reason":"tool_calls"}]})");
  const auto calls = elements(all.choices.at("0").tool_calls);
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(
      calls[0],
      R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}})");
  EXPECT_EQ(calls[1], R"({"index":1,"id":"b"})");
  EXPECT_EQ(calls[2], R"({"index":2})");
  EXPECT_FALSE(all.choices.at("0").has_content);
  EXPECT_EQ(all.choices.at("0").finish_reason, "tool_calls");
}

TEST(AsStream, TellsEveryChoice) {
  const auto all = retell(R"({"choices":[
    {"index":0,"message":{"content":"first one"},"finish_reason":"stop"},
    {"index":1,"message":{"content":"second"},"finish_reason":"length"}]})");
  ASSERT_EQ(all.choices.size(), 2u);
  EXPECT_EQ(all.choices.at("0").content, "first one");
  EXPECT_EQ(all.choices.at("1").content, "second");
  EXPECT_EQ(all.choices.at("1").finish_reason, "length");
}

TEST(AsStream, KeepsWhatElseAMessageHolds) {
  const auto stream =
      as_stream(Endpoint::chat,
                R"({"choices":[{"message":{"content":"","refusal":"no","reasoning_content":"hm",
      "audio":null,"reasoning_content":"so"},"logprobs":{"content":[1]}}]})",
                false);
  ASSERT_TRUE(stream);
  EXPECT_NE(stream->find(R"("refusal":"no","reasoning_content":"so")"), std::string::npos);
  EXPECT_EQ(stream->find("audio"), std::string::npos);
  const auto all = reassemble(*stream);
  EXPECT_TRUE(all.choices.at("0").has_content);
  EXPECT_EQ(all.choices.at("0").content, "");
  EXPECT_EQ(all.choices.at("0").logprobs, R"({"content":[1]})");
  EXPECT_EQ(all.choices.at("0").finish_reason, "stop");
}

TEST(AsStream, TellsTheUsageInALastChunkWithoutChoices) {
  const std::string_view body =
      R"({"choices":[{"message":{"content":"a"}}],"usage":{"total_tokens":3}})";
  const auto stream = as_stream(Endpoint::chat, body, true);
  ASSERT_TRUE(stream);
  EXPECT_TRUE(
      stream->ends_with("\"choices\":[],\"usage\":{\"total_tokens\":3}}\n\ndata: [DONE]\n\n"))
      << *stream;
  EXPECT_EQ(retell(R"({"choices":[],"usage":null})", Endpoint::chat, true).usage, "");
}

TEST(AsStream, TellsTextCompletions) {
  const auto all = retell(R"({"choices":[{"index":0,"text":"a b","finish_reason":null}]})",
                          Endpoint::completions);
  EXPECT_EQ(all.object, "text_completion");
  EXPECT_EQ(all.choices.at("0").content, "a b");
  EXPECT_EQ(all.choices.at("0").finish_reason, "");
}

TEST(AsStream, AnAnswerThatIsNoCompletionIsTheProvidersFault) {
  for (const char* body : {"", "[]", "{}", R"({"choices":{}})", R"({"choices":[1]})",
                           R"({"choices":[{}]})", R"({"choices":[{"message":"a"}]})"}) {
    const auto stream = as_stream(Endpoint::chat, body, true);
    ASSERT_FALSE(stream) << body;
    EXPECT_EQ(stream.error().code, ErrorCode::connection);
    EXPECT_EQ(stream.error().blame, Blame::provider);
  }
  EXPECT_FALSE(as_stream(Endpoint::completions, R"({"choices":[{"text":1}]})", true));
}

TEST(MakeCompletion, IsACompletionThatSaysTheText) {
  const std::string chat = make_completion(
      Endpoint::chat, {.text = "a \"b\"\n", .model = "m\"", .id = "1\"\\", .created = 7});
  EXPECT_EQ(get(chat, "id"), "chatcmpl-1\"\\");
  EXPECT_EQ(get(chat, "model"), "m\"");
  EXPECT_EQ(get(chat, "created"), "7");
  EXPECT_EQ(get(chat, "object"), "chat.completion");
  EXPECT_EQ(get(get(chat, "usage"), "total_tokens"), "30");
  EXPECT_EQ(get(get(elements(get(chat, "choices")).at(0), "message"), "content"), "a \"b\"\n");
  EXPECT_EQ(retell(chat).choices.at("0").content, "a \"b\"\n");

  const std::string text = make_completion(Endpoint::completions, {.text = "a", .id = "1"});
  EXPECT_EQ(get(text, "id"), "cmpl-1");
  EXPECT_EQ(get(elements(get(text, "choices")).at(0), "text"), "a");
  EXPECT_EQ(retell(text, Endpoint::completions).choices.at("0").content, "a");
}

TEST(MockError, IsNamedByTheMockResponse) {
  EXPECT_EQ(mock_error("litellm.RateLimitError", "m")->status, 429);
  EXPECT_EQ(mock_error("litellm.RateLimitError", "m")->type, "throttling_error");
  EXPECT_EQ(mock_error("litellm.InternalServerError", "m")->code, ErrorCode::internal);
  EXPECT_EQ(mock_error("litellm.ContextWindowExceededError", "m")->code, ErrorCode::context_window);
  EXPECT_NE(mock_error("litellm.ContextWindowExceededError", "m-1")->message.find("model=m-1"),
            std::string::npos);
  EXPECT_EQ(mock_error("Exception: content_filter_policy hit", "m")->code,
            ErrorCode::content_policy);
  EXPECT_FALSE(mock_error("Hello", "m"));
  EXPECT_FALSE(mock_error("", "m"));
}

TEST(EchoOf, RepeatsTheLastMessageOrThePrompt) {
  const auto echo = [](Endpoint endpoint, std::string_view body) {
    Call call;
    call.endpoint = endpoint;
    EXPECT_FALSE(scan_json_object(body, call.fields)) << body;
    return echo_of(call);
  };
  for (const auto& [messages, said] : std::initializer_list<std::pair<const char*, const char*>>{
           {R"([{"content":"first"},{"role":"user","content":"h\u0069"}])", "hi"},
           {R"([{"content":[{"type":"text","text":"a"},{"type":"image_url"},{"text":"b"}]}])",
            "ab"},
           {R"([{"content":null}])", ""},
           {R"([{}])", ""},
           {R"([1])", ""},
           {"[]", ""},
           {"3", ""}})
    EXPECT_EQ(echo(Endpoint::chat, std::string(R"({"messages":)") + messages + "}"),
              std::string("You said: ") + said);
  EXPECT_EQ(echo(Endpoint::chat, "{}"), "You said: ");
  EXPECT_EQ(echo(Endpoint::completions, R"({"prompt":"hi"})"), "You said: hi");
  EXPECT_EQ(echo(Endpoint::completions, R"({"prompt":["a","b"]})"), "You said: ab");
  EXPECT_EQ(echo(Endpoint::completions, R"({"prompt":[1,2]})"), "You said: ");
}

}  // namespace
}  // namespace sluice::gateway
