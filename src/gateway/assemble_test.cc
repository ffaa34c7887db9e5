// A stream put together again, told by as_stream, by providers, or by nobody who means well.
#include "gateway/assemble.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <fstream>
#include <map>
#include <random>
#include <set>

#include "base/json_write.h"
#include "gateway/local_reply.h"

namespace sluice::gateway {
namespace {

using provider::Endpoint;
using simdjson::dom::element;
using simdjson::dom::element_type;

std::string event(std::string_view json) {
  std::string line(json);
  std::erase(line, '\n');
  return "data: " + line + "\n\n";
}
std::string chunk(std::string_view choices, std::string_view more = "") {
  return event(
      R"({"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[)" +
      std::string(choices) + "]" + std::string(more) + "}");
}
std::string delta(std::string_view fields, std::string_view more = "") {
  return chunk(R"({"index":0,"delta":{)" + std::string(fields) + "}" + std::string(more) + "}");
}
const std::string done = "data: [DONE]\n\n";
const std::string stop = delta("", R"(,"finish_reason":"stop")");
const std::string finished = stop + done;

std::string assembled(const std::string& events, Endpoint endpoint = Endpoint::chat,
                      const Usage& usage = {}) {
  const auto whole = assemble_stream(endpoint, events, usage);
  return whole ? *whole : "error: " + whole.error().message;
}

// JSON in one spelling: names sorted, no nulls, which a stream may leave out.
std::string plain(element value) {
  if (value.type() == element_type::OBJECT) {
    std::map<std::string, std::string> fields;
    for (const auto field : simdjson::dom::object(value))
      if (!field.value.is_null()) fields[std::string(field.key)] = plain(field.value);
    std::string out = "{";
    for (const auto& [name, text] : fields) {
      append_json_string(out, name);
      out.append(":").append(text).append(" ");
    }
    return out + "}";
  }
  if (value.type() == element_type::ARRAY) {
    std::string out = "[";
    for (const element item : simdjson::dom::array(value)) out.append(plain(item)).append(" ");
    return out + "]";
  }
  return simdjson::minify(value);
}

// The value at a JSON pointer as above; "" = none.
std::string at(const std::string& json, std::string_view pointer) {
  simdjson::dom::parser parser;
  element root, value;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return "not JSON: " + json;
  return root.at_pointer(pointer).get(value) == simdjson::SUCCESS ? plain(value) : "";
}

// What the only choice's message has of one stream of deltas.
std::string message_of(const std::string& events) {
  return at(assembled(events + finished), "/choices/0/message");
}

TEST(AssembleStream, JoinsTheTextOfAChat) {
  const std::string events =
      ": a comment\n\n" +
      chunk(R"({"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null})") +
      chunk(R"({"index":0,"delta":{"content":"Hel\u006c"},"finish_reason":null})") +
      chunk(R"({"index":0,"delta":{"content":"o \"you\""},"finish_reason":null})") +
      chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})") +
      event(R"({"id":"c1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}})") + done;
  EXPECT_EQ(assembled(events),
            R"({"id":"c1","created":7,"model":"m","object":"chat.completion","choices":[)"
            R"({"finish_reason":"stop","index":0,"message":)"
            R"({"role":"assistant","content":"Hel\u006co \"you\""}}],)"
            R"("usage":{"prompt_tokens":3,"completion_tokens":2}})");
}

TEST(AssembleStream, JoinsTheTextOfACompletion) {
  const std::string events =
      event(R"({"id":"x","object":"text_completion","choices":[{"index":0,"text":"a"}]})") +
      event(R"({"id":"x","choices":[{"index":0,"text":"b","logprobs":{"tokens":["b"]}}]})") +
      event(R"({"id":"x","choices":[{"index":0,"text":"","finish_reason":"length"}]})") + done;
  EXPECT_EQ(
      assembled(events, Endpoint::completions),
      R"({"id":"x","object":"text_completion","choices":[{"finish_reason":"length","index":0,)"
      R"("logprobs":{"tokens":["b"]},"text":"ab"}]})");
}

TEST(AssembleStream, HasAContentEvenWhenThereWasNone) {
  const std::string whole = assembled(delta(R"("tool_calls":[{"index":0,"id":"t"}])") + finished);
  EXPECT_NE(whole.find(R"("message":{"role":"assistant","content":null,"tool_calls")"),
            std::string::npos)
      << whole;
  EXPECT_NE(assembled(delta(R"("content":"")") + finished).find(R"("content":"")"),
            std::string::npos);
  EXPECT_NE(assembled(event(R"({"choices":[{"finish_reason":"stop"}]})") + done)
                .find(R"("message":{"role":"assistant","content":null})"),
            std::string::npos);
}

TEST(AssembleStream, JoinsToolCallsByTheirIndex) {
  const auto call = [](std::string_view text) {
    return delta(R"("tool_calls":[)" + std::string(text) + "]");
  };
  const std::string first = R"({"index":0,"id":"t","type":"function","function":{"name":"f"}})";
  const std::string second = R"({"index":1,"id":"u","type":"custom","custom":{"name":"g"}})";
  const std::string events =
      call(first) + call(second) +
      call(R"({"index":0,"function":{"arguments":"{\"a\""}},)"
           R"({"index":1,"custom":{"input":"x"}})") +
      call(R"({"index":0,"id":"t","function":{"name":"","arguments":":1}"}})") +
      call(R"({"index":1,"id":null,"custom":{"input":"y"}})");
  const std::string whole = assembled(events + finished);
  EXPECT_NE(whole.find(R"("tool_calls":[{"id":"t","type":"function",)"
                       R"("function":{"name":"f","arguments":"{\"a\":1}"}},)"
                       R"({"id":"u","type":"custom","custom":{"name":"g","input":"xy"}}])"),
            std::string::npos)
      << whole;
}

TEST(AssembleStream, TakesAnIdForANewCallWhereNoIndexIsTold) {
  EXPECT_EQ(message_of(delta(R"("tool_calls":[{"id":"t","function":{"arguments":"1"}}])") +
                       delta(R"("tool_calls":[{"function":{"arguments":"2"}}])") +
                       delta(R"("tool_calls":[{"id":"u","function":{"arguments":"3"}}])")),
            at(R"({"role":"assistant","tool_calls":[{"id":"t","function":{"arguments":"12"}},)"
               R"({"id":"u","function":{"arguments":"3"}}]})",
               ""));
}

TEST(AssembleStream, JoinsWhateverElseADeltaTells) {
  const std::string events =
      delta(R"("reasoning_content":"I ","refusal":null,"annotations":[{"a":1}],"count":1,
               "list":[ ],"audio":{"id":"x","data":"QUJD","transcript":"a"})") +
      delta(R"("reasoning_content":"think","annotations":[{"index":0},{"index":0}],"count":2,
               "list":[[]],"audio":{"data":"RA==","transcript":"b","expires_at":5},"flag":false)") +
      delta(R"("details":{"a":"x"},"function_call":{"name":"f","arguments":"<"})") +
      delta(R"("details":{},"function_call":{"arguments":">"})");
  EXPECT_EQ(message_of(events),
            at(R"({"role":"assistant","reasoning_content":"I think","count":2,"list":[[]],
                   "annotations":[{"a":1},{"index":0},{"index":0}],"flag":false,
                   "audio":{"id":"x","data":"QUJDRA==","transcript":"ab","expires_at":5},
                   "details":{"a":"x"},"function_call":{"name":"f","arguments":"<>"
}
})",
               ""));
}

TEST(AssembleStream, JoinsLogProbabilities) {
  const std::string events =
      delta(R"("content":"a")", R"(,"logprobs":{"content":[{"token":"index","index":5}]})") +
      delta(R"("content":"b")", R"(,"logprobs":{"content":[{"token":"b"}],"refusal":null})");
  EXPECT_EQ(at(assembled(events + finished), "/choices/0/logprobs"),
            at(R"({"content":[{"token":"index","index":5},{"token":"b"}]})", ""));
}

TEST(AssembleStream, KeepsChoicesApartAndInOrder) {
  const std::string whole =
      assembled(chunk(R"({"index":1,"delta":{"content":"b"},"finish_reason":"stop"})") +
                chunk(R"({"index":0,"delta":{"content":"a"},"finish_reason":"length"})") + done);
  EXPECT_LT(whole.find("\"a\""), whole.find("\"b\""));
  EXPECT_LT(whole.find("\"length\""), whole.find("\"stop\""));
}

TEST(AssembleStream, KnowsWhichChunkToBelieve) {
  const std::string azure =
      event(R"({"id":"","created":0,"model":"","choices":[],"prompt_filter_results":[1]})");
  const std::string whole =
      assembled(azure +
                chunk(R"({"index":0,"delta":{},"content_filter_results":{"hate":1}})",
                      R"(,"obfuscation":"x7","service_tier":"auto","system_fingerprint":null)") +
                event(R"({"id":"c2","created":8,"model":"n","service_tier":"default","choices":[)"
                      R"({"index":0,"finish_reason":"stop","content_filter_results":{}}]})") +
                done);
  EXPECT_EQ(at(whole, ""), at(R"({"id":"c1","created":7,"model":"m","prompt_filter_results":[1],
                   "service_tier":"default","object":"chat.completion",
                   "choices":[{"finish_reason":"stop","index":0,
                               "content_filter_results":{"hate":1},
                               "message":{"role":"assistant"}}]})",
                              ""));
}

TEST(AssembleStream, TakesTheLastOfFieldsWithOneName) {
  EXPECT_EQ(message_of(delta(R"("content":"a","content":"b")") +
                       delta(R"("content":"x","cont\u0065nt":"c")")),
            at(R"({"role":"assistant","content":"bc"})", ""));
}

TEST(AssembleStream, TakesTheUsageThatTheGatewaySaw) {
  const Usage usage{.prompt_tokens = 4,
                    .completion_tokens = 1,
                    .total_tokens = 5,
                    .cached_tokens = 2,
                    .cache_write_tokens = 1,
                    .reasoning_tokens = 3,
                    .known = true};
  EXPECT_EQ(at(assembled(finished, Endpoint::chat, usage), "/usage"),
            at(R"({"completion_tokens":1,"prompt_tokens":4,"total_tokens":5,
                   "prompt_tokens_details":{"cached_tokens":2},"cache_creation_input_tokens":1,
                   "completion_tokens_details":{"reasoning_tokens":3}})",
               ""));
  EXPECT_EQ(assembled(finished).find("usage"), std::string::npos);
  const std::string told = chunk("", R"(,"usage":{"total_tokens":9})");
  EXPECT_EQ(at(assembled(stop + told + done, Endpoint::chat, usage), "/usage/total_tokens"), "9");
  for (const char* untold : {"{}", "null", "5"})
    EXPECT_EQ(at(assembled(stop + chunk("", std::string(",\"usage\":") + untold) + done,
                           Endpoint::chat, usage),
                 "/usage/total_tokens"),
              "5");
}

TEST(AssembleStream, LooksPastWhatIsNoPartOfAnAnswer) {
  const std::string events = delta(R"("content":"a")") + stop;
  const std::string whole = assembled(events + done);
  EXPECT_EQ(assembled(": comment\n\n" + event(R"({"type":"ping"})") + events + done + "more"),
            whole);
  std::string lines;
  for (const char c : events + done) lines += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(assembled(lines), whole);
}

TEST(AssembleStream, RefusesWhatDidNotEndWell) {
  const std::string begin = delta(R"("content":"a")");
  const std::vector<std::string> broken{
      "",
      done,
      begin + done,
      begin + stop,
      begin + stop + "data: [DO",
      begin + event(R"({"error":{"message":"x"}})") + finished,
      begin + chunk("", R"(,"error":"x")") + finished,
      begin + "event: error\n" + event("{}") + finished,
      begin + event("{") + finished,
      begin + event("[]") + finished,
      begin + event("\"\xff\"") + finished,
      begin + event(R"({"choices":[{"delta":{"content":"\ud83d"}}]})") + finished,
      chunk("5") + finished,
      event(R"({"choices":{}})") + finished,
      delta("", R"(,"finish_reason":5)") + done,
      delta("", R"(,"finish_reason":"")") + done,
      chunk(R"({"index":0,"delta":"a"})") + finished,
      chunk(R"({"index":1,"delta":{"content":"b"}})") + finished,
  };
  for (const std::string& events : broken)
    EXPECT_TRUE(assembled(events).starts_with("error: ")) << events;
}

TEST(AssembleStream, RefusesWhatCanBeReadInTwoWays) {
  const std::vector<std::string> unclear{
      delta(R"("content":"a")") + delta(R"("content":["b"])"),
      delta(R"("content":5)") + delta(R"("content":"b")"),
      delta(R"("tool_calls":[{"index":0,"id":"a"}])") +
          delta(R"("tool_calls":[{"index":0,"id":"b"}])"),
      delta(R"("tool_calls":[{"index":0,"function":{"name":"a"}}])") +
          delta(R"("tool_calls":[{"index":0,"function":{"name":"b"}}])"),
      delta(R"("tool_calls":{"index":0})"),
      delta(R"("tool_calls":["a"])"),
      delta(R"("role":"assistant")") + delta(R"("role":"user")"),
      delta(R"("audio":{"data":"QQ=="})") + delta(R"("audio":{"data":"QQ=="})"),
      chunk(R"({"index":-1})"),
      chunk(R"({"index":0.5})"),
      chunk(R"({"index":"0"})"),
      chunk(R"({"index":1e300})"),
      chunk(R"({"index":1024})"),
  };
  for (const std::string& events : unclear)
    EXPECT_TRUE(assembled(events + finished).starts_with("error: ")) << events;
}

TEST(AssembleStream, RefusesMoreNamesThanAnAnswerHas) {
  std::string many, more = delta(R"("content":"a")");
  for (int i = 0; i < 300; i++) {
    many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":1";
    more += delta("\"" + std::to_string(i) + "\":1");
  }
  EXPECT_TRUE(assembled(delta(many) + finished).starts_with("error: "));
  EXPECT_TRUE(assembled(more + finished).starts_with("error: "));
}

// An answer of random shape, in the fields that as_stream tells.
class AnswerMaker {
 public:
  explicit AnswerMaker(unsigned seed) : random_(seed) {}

  std::string chat() {
    const int choices = 1 + below(3);
    std::string out = R"({"id":"x","created":1,"model":"m","object":"chat.completion","choices":[)";
    for (int i = 0; i < choices; i++) {
      out.append(i == 0 ? "{" : ",{").append("\"index\":").append(std::to_string(i));
      out.append(R"(,"finish_reason":)")
          .append(one_of({"\"stop\"", "\"length\"", "\"tool_calls\""}));
      if (below(4) == 0) out += R"(,"logprobs":{"content":[{"token":)" + text() + "}]}";
      out += R"(,"message":{"role":"assistant")" + members() + "}}";
    }
    return out + "]" + (below(2) == 0 ? "" : R"(,"system_fingerprint":"fp")") + usage();
  }

  std::string completion() {
    return R"({"id":"x","created":1,"model":"m","object":"text_completion","choices":[{"index":0,)"
           R"("finish_reason":"stop","text":)" +
           text() + "}]" + usage();
  }

 private:
  int below(int limit) { return std::uniform_int_distribution(0, limit - 1)(random_); }
  std::string one_of(const std::vector<std::string>& texts) {
    return texts[static_cast<std::size_t>(below(static_cast<int>(texts.size())))];
  }

  std::string text() {
    std::string out;
    for (int words = below(6); words > 0; words--)
      out += one_of({"a", " ", "\xc3\xa9\xe4\xbd\xa0", "\\n", "\\\"", "\\ud83d\\ude00", "\\u0000",
                     "data: [DONE]", "it's", "\\\\", "\xf0\x9f\x98\x80", "  "});
    return "\"" + out + "\"";
  }

  std::string members() {
    std::string out = ",\"content\":" + (below(3) == 0 ? "null" : text());
    if (below(3) == 0) out += ",\"reasoning_content\":" + text();
    if (below(4) == 0) out += ",\"refusal\":" + text();
    if (below(4) == 0) out += R"(,"annotations":[{"type":"url_citation","index":7},{}])";
    if (below(4) == 0)
      out += R"(,"audio":{"id":"a","data":"QQ==","expires_at":5,"transcript":"t"})";
    if (below(4) == 0) out += R"(,"function_call":{"name":"f","arguments":)" + text() + "}";
    if (below(4) == 0)
      out += ",\"new\":" + one_of({"1.50", "true", "{\"a\":[1]}", "[]", "[[]]", "{}"});
    if (below(2) == 0) out += tool_calls();
    return out;
  }

  std::string tool_calls() {
    std::string out = ",\"tool_calls\":[";
    const int calls = 1 + below(4);
    for (int i = 0; i < calls; i++)
      out += std::string(i == 0 ? "" : ",") + R"({"id":"t)" + std::to_string(below(2)) +
             R"(","type":"function","function":{"name":"f","arguments":)" + text() + "}}";
    return out + "]";
  }

  std::string usage() {
    return below(2) == 0 ? "}" : R"(,"usage":{"prompt_tokens":2,"details":{"a":1}}})";
  }

  std::mt19937 random_;
};

TEST(AssembleStream, IsTheInverseOfTellingAnAnswerAsAStream) {
  AnswerMaker maker(1);
  for (int i = 0; i < 3000; i++) {
    const Endpoint endpoint = i % 5 == 0 ? Endpoint::completions : Endpoint::chat;
    const std::string answer = endpoint == Endpoint::chat ? maker.chat() : maker.completion();
    const auto events = as_stream(endpoint, answer, true);
    ASSERT_TRUE(events);
    ASSERT_EQ(at(assembled(*events, endpoint), ""), at(answer, "")) << answer << "\n" << *events;
  }
}

// Streams of tests/support/make_stream_answers.py, and what LiteLLM keeps of them. It knows one
// choice and the fields that it has names for; of what it knows, all must be the same.
TEST(AssembleStream, KeepsOfAStreamWhatLiteLlmKeeps) {
  const std::set<std::string> different{
      "no content at all",         // "" there, and no reason to finish
      "a call without arguments",  // "{}" there
      "refusal",                   // lost there
      "two choices",               // the texts of all choices are one there
  };
  std::ifstream in(SLUICE_GOLDEN_DIR "/stream_answers.jsonl");
  int compared = 0;
  for (std::string line; std::getline(in, line);) {
    simdjson::dom::parser parser;
    const element recorded = parser.parse(line);
    const std::string name(recorded["name"].get_c_str());
    const bool chat = std::string_view(recorded["endpoint"]) == "chat";
    const std::string events(recorded["events"].get_c_str());
    const std::string whole = assembled(events, chat ? Endpoint::chat : Endpoint::completions);
    ASSERT_FALSE(whole.starts_with("error: ")) << name << ": " << whole;
    if (different.contains(name)) continue;
    compared++;
    std::vector<std::string> pointers{"/choices/0/text", "/choices/0/message", "/object"};
    // With usage LiteLLM forgets the reason to finish, and of a text it counts for itself.
    if (name.find("usage") == std::string::npos)
      pointers.push_back("/choices/0/finish_reason");
    else if (chat)
      pointers.insert(pointers.end(), {"/usage/prompt_tokens", "/usage/completion_tokens"});
    for (const std::string& pointer : pointers)
      EXPECT_EQ(at(whole, pointer), at(simdjson::minify(element(recorded["whole"])), pointer))
          << name << " " << pointer;
  }
  EXPECT_GE(compared, 35);
}

}  // namespace
}  // namespace sluice::gateway
