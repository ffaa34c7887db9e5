// What the gateway reads in a request, and what it says about one that it cannot take.
#include "gateway/call.h"

#include <gtest/gtest.h>

namespace sluice::gateway {
namespace {

struct Reader {
  http::Request request;
  Settings settings;
  Call call;

  // Header lines of the request, each with its CRLF; then its body.
  Status read(std::string_view body, const std::string& headers = "", std::string_view url = {}) {
    request.bytes = "POST / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
    request.bytes += body;
    EXPECT_EQ(http::parse_request_head(request.bytes, request.head), http::Parse::complete);
    const Endpoint endpoint = call.endpoint;
    call.reset();
    call.endpoint = endpoint;
    return parse_call(request, settings, url, call);
  }
};

TEST(ParseCall, ReadsEveryFieldThatTheGatewayActsOn) {
  Reader reader;
  ASSERT_TRUE(
      reader.read(R"({"model":"m\u0031","stream":true,"stream_options":{"include_usage":true},
      "timeout":1.5,"stream_timeout":2,"num_retries":3,"disable_fallbacks":true,"drop_params":false,
      "mock_response":"h\u0069","extra_headers":{"X-A":"b"},"extra_body":{"a":1},
      "allowed_openai_params":["p"],"additional_drop_params":["q","r"],
      "fallbacks":["f",{"model":"g","seed":1}],"mock_testing_fallbacks":true})"));
  const Call& call = reader.call;
  EXPECT_EQ(call.model, "m1");
  EXPECT_TRUE(call.stream);
  EXPECT_TRUE(call.wants_usage);
  EXPECT_EQ(call.timeout, Milliseconds(1500));
  EXPECT_EQ(call.stream_timeout, Milliseconds(2000));
  EXPECT_EQ(call.num_retries, 3);
  EXPECT_TRUE(call.disable_fallbacks);
  EXPECT_EQ(call.drop_params, false);
  EXPECT_EQ(call.mock_response, "hi");
  EXPECT_EQ(call.extra_headers, (NamedValues{{"X-A", "b"}}));
  EXPECT_EQ(call.extra_body, R"({"a":1})");
  EXPECT_EQ(call.allowed_openai_params, (std::vector<std::string>{"p"}));
  EXPECT_EQ(call.additional_drop_params, (std::vector<std::string>{"q", "r"}));
  ASSERT_EQ(call.fallbacks->size(), 2u);
  EXPECT_EQ(call.fallbacks->at(0).model, "f");
  EXPECT_EQ(call.fallbacks->at(0).overrides, "");
  EXPECT_EQ(call.fallbacks->at(1).model, "g");
  EXPECT_EQ(call.fallbacks->at(1).overrides, R"({"model":"g","seed":1})");
  EXPECT_EQ(call.mock_failure, MockFailure::any);
}

TEST(ParseCall, NullIsAsIfTheFieldWereNotThere) {
  Reader reader;
  ASSERT_TRUE(reader.read(
      R"({"model":null,"stream":null,"stream_options":null,"timeout":null,"num_retries":null,
      "fallbacks":null,"drop_params":null,"mock_response":null,"extra_headers":null,
      "extra_body":null,"allowed_openai_params":null,"api_key":null})"));
  EXPECT_EQ(reader.call.model, "");
  EXPECT_FALSE(reader.call.stream);
  EXPECT_FALSE(reader.call.fallbacks);
  EXPECT_FALSE(reader.call.drop_params);
  EXPECT_FALSE(reader.call.mock_response);
}

TEST(ParseCall, AnErrorNamesTheFieldAndWhatItMustBe) {
  struct Case {
    std::string_view body, field, expected;
  };
  for (const auto& [body, field, expected] : std::initializer_list<Case>{
           {R"({"model":1})", "model", "a string"},
           {R"({"stream":"yes"})", "stream", "true or false"},
           {R"({"stream":1})", "stream", "true or false"},
           {R"({"stream_options":true})", "stream_options", "an object"},
           {R"({"timeout":"5"})", "timeout", "a number of seconds above 0"},
           {R"({"timeout":0})", "timeout", "a number of seconds above 0"},
           {R"({"request_timeout":-1})", "request_timeout", "a number of seconds above 0"},
           {R"({"stream_timeout":1e10})", "stream_timeout", "a number of seconds above 0"},
           {R"({"timeout":1e999})", "timeout", "a number of seconds above 0"},
           {R"({"num_retries":1.5})", "num_retries", "a whole number from 0 to 100"},
           {R"({"num_retries":101})", "num_retries", "a whole number from 0 to 100"},
           {R"({"max_retries":-1})", "max_retries", "a whole number from 0 to 100"},
           {R"({"fallbacks":"a"})", "fallbacks", "a list of model names"},
           {R"({"fallbacks":[1]})", "fallbacks", "a list of model names"},
           {R"({"fallbacks":[{"seed":1}]})", "fallbacks", "objects with a `model`"},
           {R"({"fallbacks":[{"model":1}]})", "fallbacks", "objects with a `model`"},
           {R"({"disable_fallbacks":"a"})", "disable_fallbacks", "true or false"},
           {R"({"drop_params":[]})", "drop_params", "true or false"},
           {R"({"mock_response":{}})", "mock_response", "a string"},
           {R"({"extra_headers":[]})", "extra_headers", "an object of header names"},
           {R"({"extra_headers":{"a":1}})", "extra_headers", "string values"},
           {R"({"extra_body":[]})", "extra_body", "an object"},
           {R"({"allowed_openai_params":"a"})", "allowed_openai_params", "a list of parameter"},
           {R"({"additional_drop_params":[1]})", "additional_drop_params", "a list of parameter"},
           {R"({"mock_testing_fallbacks":1})", "mock_testing_fallbacks", "true or false"},
       }) {
    Reader reader;
    const Status status = reader.read(body);
    ASSERT_FALSE(status) << body;
    EXPECT_EQ(status.error().status, 400) << body;
    EXPECT_EQ(status.error().blame, Blame::client) << body;
    EXPECT_EQ(status.error().param, field);
    EXPECT_TRUE(status.error().message.starts_with("`" + std::string(field) + "` must be "))
        << body;
    EXPECT_NE(status.error().message.find(expected), std::string::npos) << status.error().message;
  }
}

TEST(ParseCall, TheLastOfDuplicatesCountsAlsoForItsType) {
  Reader reader;
  ASSERT_TRUE(reader.read(R"({"timeout":"x","num_retries":1,"timeout":2,"num\u005fretries":4})"));
  EXPECT_EQ(reader.call.timeout, Milliseconds(2000));
  EXPECT_EQ(reader.call.num_retries, 4);
  EXPECT_FALSE(reader.read(R"({"timeout":2,"timeout":"x"})"));
}

TEST(ParseCall, EveryMockFailureHasItsField) {
  for (const auto& [field, failure] : std::initializer_list<std::pair<const char*, MockFailure>>{
           {"mock_testing_fallbacks", MockFailure::any},
           {"mock_testing_context_fallbacks", MockFailure::context_window},
           {"mock_testing_content_policy_fallbacks", MockFailure::content_policy},
           {"mock_testing_rate_limit_error", MockFailure::rate_limit}}) {
    Reader reader;
    ASSERT_TRUE(reader.read(std::string("{\"") + field + "\":true}"));
    EXPECT_EQ(reader.call.mock_failure, failure) << field;
    ASSERT_TRUE(reader.read(std::string("{\"") + field + "\":false}"));
    EXPECT_EQ(reader.call.mock_failure, MockFailure::none) << field;
  }
}

TEST(ParseCall, SaysWhereABodyIsNoJson) {
  Reader reader;
  const Status status = reader.read("{\"a\":1,\n  \"b\": NaN}");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().status, 400);
  EXPECT_EQ(status.error().message,
            "Invalid JSON payload: NaN and Infinity are not JSON (line 2, column 8)");
}

TEST(ParseCall, NoBodyIsAnEmptyObject) {
  Reader reader;
  ASSERT_TRUE(reader.read(""));
  EXPECT_EQ(reader.call.body, "{}");
  EXPECT_EQ(reader.call.fields.size(), 0u);
}

TEST(ParseCall, ABodyOfAbsurdlyManyFieldsIsRefused) {
  const auto body = [](int fields) {
    std::string out = "{";
    for (int i = 0; i < fields; i++)
      out += (i > 0 ? ",\"f" : "\"f") + std::to_string(i) + "\":" + std::to_string(i);
    return out + "}";
  };
  Reader reader;
  EXPECT_TRUE(reader.read(body(512)));
  const Status status = reader.read(body(513));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("more than 512 fields"), std::string::npos);
}

TEST(ParseCall, TheModelOfTheConfigurationElseOfThePathElseOfTheBodyCounts) {
  Reader reader;
  const std::string_view body = R"({"model":"body"})";
  ASSERT_TRUE(reader.read(body));
  EXPECT_EQ(reader.call.model, "body");
  ASSERT_TRUE(reader.read(body, "", "openai%2Fpath"));
  EXPECT_EQ(reader.call.model, "openai/path");
  reader.settings.completion_model = "forced";
  reader.settings.embedding_model = "embedding";
  ASSERT_TRUE(reader.read(body, "", "path"));
  EXPECT_EQ(reader.call.model, "forced");
  reader.call.endpoint = Endpoint::embeddings;
  ASSERT_TRUE(reader.read(body, "", "path"));
  EXPECT_EQ(reader.call.model, "embedding");
}

TEST(ParseCall, APathThatIsNoTextIsRefused) {
  Reader reader;
  const Status status = reader.read("{}", "", "a%ffb");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().param, "model");
}

TEST(ParseCall, EmbeddingsAreNeverStreamed) {
  Reader reader;
  reader.call.endpoint = Endpoint::embeddings;
  ASSERT_TRUE(reader.read(R"({"stream":true})"));
  EXPECT_FALSE(reader.call.stream);
}

TEST(ParseCall, TheTimeoutMayAlsoComeInAHeader) {
  Reader reader;
  ASSERT_TRUE(reader.read("{}", "X-LiteLLM-Timeout: 2.0005\r\n"));
  EXPECT_EQ(reader.call.timeout, Milliseconds(2001));
  for (const char* value : {"soon", "0", "-1", "nan", "inf", "1e10"}) {
    const Status status = reader.read("{}", std::string("x-litellm-timeout: ") + value + "\r\n");
    ASSERT_FALSE(status) << value;
    EXPECT_NE(status.error().message.find("`x-litellm-timeout`"), std::string::npos);
  }
}

TEST(ParseCall, AClientsOwnCredentialsAreRefusedUnlessAllowed) {
  for (const char* field : {"api_key", "api_base", "base_url"}) {
    Reader reader;
    const std::string body = std::string("{\"") + field + "\":\"x\"}";
    const Status status = reader.read(body);
    ASSERT_FALSE(status) << field;
    EXPECT_EQ(status.error().status, 401);
    EXPECT_NE(status.error().message.find(std::string("Rejected Request: ") + field),
              std::string::npos);
    reader.settings.allow_client_side_credentials = true;
    EXPECT_TRUE(reader.read(body)) << field;
  }
}

TEST(ParseCall, ExtraHeadersCannotAddALineFrameTheMessageNorSetAKey) {
  for (const char* name :
       {"", "a b", "a:", "a\\r\\nb", "a\\u0000", "\\u00e9", "Content-Length", "transfer-encoding",
        "HOST", "connection", "Authorization", "api-key", "X-Api-Key"}) {
    Reader reader;
    const Status status = reader.read(std::string(R"({"extra_headers":{")") + name + R"(":"x"}})");
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().param, "extra_headers");
  }
}

TEST(ParseCall, OnlyTheClientsOwnXHeadersGoOnAndOnlyWhenConfigured) {
  const std::string headers =
      "X-Team: blue\r\nx-stainless-os: Linux\r\nX-LiteLLM-Tags: a\r\nx-api-key: sk-1\r\n"
      "X-Goog-Api-Key: sk-2\r\nX-Own-Key: sk-3\r\nAuthorization: Bearer sk-4\r\nx-trace: 7\r\n";
  Reader reader;
  ASSERT_TRUE(reader.read("{}", headers));
  EXPECT_EQ(reader.call.forwarded_headers, "");
  reader.settings.forward_client_headers = true;
  reader.settings.key_header = "x-own-key";
  ASSERT_TRUE(reader.read("{}", headers));
  EXPECT_EQ(reader.call.forwarded_headers, "X-Team: blue\r\nx-trace: 7\r\n");
}

TEST(ParseCall, NothingOfTheLastCallIsLeft) {
  Reader reader;
  reader.settings.forward_client_headers = true;
  ASSERT_TRUE(reader.read(
      R"({"model":"m","stream":true,"timeout":1,"num_retries":1,"fallbacks":["a"],"extra_body":{},
      "mock_response":"a","mock_testing_fallbacks":true,"extra_headers":{"a":"b"}})",
      "x-a: b\r\n"));
  ASSERT_TRUE(reader.read("{}"));
  const Call& call = reader.call;
  EXPECT_EQ(call.model, "");
  EXPECT_FALSE(call.stream || call.timeout || call.num_retries || call.fallbacks);
  EXPECT_FALSE(call.mock_response);
  EXPECT_EQ(call.mock_failure, MockFailure::none);
  EXPECT_TRUE(call.extra_headers.empty() && call.extra_body.empty());
  EXPECT_EQ(call.forwarded_headers, "");
}

TEST(FieldUse, KnowsWhatTheGatewayOwnsAndForwardsTheRest) {
  for (const char* name : {"model", "stream_options"})
    EXPECT_EQ(field_use(name), FieldUse::replace) << name;
  for (const char* name : {"metadata",        "tags",
                           "fallbacks",       "num_retries",
                           "max_retries",     "timeout",
                           "stream_timeout",  "mock_response",
                           "no-log",          "ttl",
                           "cache",           "extra_body",
                           "extra_headers",   "user_config",
                           "api_key",         "api_base",
                           "base_url",        "mock_testing_content_policy_fallbacks",
                           "priority",        "guardrails",
                           "litellm_trace_id"})
    EXPECT_EQ(field_use(name), FieldUse::consume) << name;
  for (const char* name : {"", "messages", "stream", "temperature", "mode", "models", "tag", "user",
                           "Metadata", "api_version", "seed", "tools", "reasoning_effort"})
    EXPECT_EQ(field_use(name), FieldUse::forward) << name;
  EXPECT_EQ(field_use(std::string(1000, 'm')), FieldUse::forward);
}

TEST(CheckInput, TheInputIsRequiredInItsType) {
  struct Case {
    Endpoint endpoint;
    std::string_view body;
    const char* fault;  // null: it is good
  };
  for (const auto& [endpoint, body, fault] : std::initializer_list<Case>{
           {Endpoint::chat, R"({"messages":[]})", nullptr},
           {Endpoint::chat, "{}", "`messages` is required."},
           {Endpoint::chat, R"({"messages":null})", "`messages` is required."},
           {Endpoint::chat, R"({"messages":"hi"})", "`messages` must be a list of messages."},
           {Endpoint::completions, R"({"prompt":"hi"})", nullptr},
           {Endpoint::completions, R"({"prompt":[1]})", nullptr},
           {Endpoint::completions, R"({"prompt":{}})", "`prompt` must be a string or a list."},
           {Endpoint::completions, R"({"messages":[]})", "`prompt` is required."},
           {Endpoint::embeddings, R"({"input":["a"]})", nullptr},
           {Endpoint::embeddings, R"({"input":1})", "`input` must be a string or a list."},
       }) {
    Reader reader;
    reader.call.endpoint = endpoint;
    ASSERT_TRUE(reader.read(body)) << body;
    const Status status = check_input(reader.call);
    EXPECT_EQ(status.has_value(), fault == nullptr) << body;
    if (!status) EXPECT_EQ(status.error().message, fault);
  }
}

}  // namespace
}  // namespace sluice::gateway
