// The body for a provider: the client's, with what the gateway owns replaced, left out or added.
#include "gateway/splice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "provider/catalog.h"

namespace sluice::gateway {
namespace {

struct Splice {
  http::Request request;
  Settings settings;
  Deployment deployment;
  Call call;
  std::string model = "gpt-4o";
  std::string overrides;
  PieceList out;

  explicit Splice(std::string_view provider = "openai") {
    deployment.spec = provider::find_provider(provider);
  }

  Status run(std::string body, Endpoint endpoint = Endpoint::chat) {
    request.bytes = std::move(body);
    call.reset();
    call.endpoint = endpoint;
    TRY([[maybe_unused]] const Done parsed, parse_call(request, settings, {}, call));
    return splice_body({.call = call,
                        .settings = settings,
                        .deployment = deployment,
                        .model = model,
                        .overrides = overrides},
                       out);
  }

  std::string body(std::string body, Endpoint endpoint = Endpoint::chat) {
    const Status status = run(std::move(body), endpoint);
    return status ? out.join() : "error: " + status.error().message;
  }
};

TEST(SpliceBody, ReplacesTheModelAndKeepsTheRestByteForByte) {
  EXPECT_EQ(Splice().body(R"({"model":"fast", "messages" : [ {"role":"user"} ], "n":1})"),
            R"({"model":"gpt-4o","messages" : [ {"role":"user"} ], "n":1})");
  EXPECT_EQ(Splice().body(R"({"n":1,"model":"fast","top_p":0.50})"),
            R"({"model":"gpt-4o","n":1,"top_p":0.50})");
  EXPECT_EQ(Splice().body("{}"), R"({"model":"gpt-4o"})");
}

TEST(SpliceBody, WritesAModelNameOfAnyCharacters) {
  Splice splice;
  splice.model = "a\"b\\c";
  EXPECT_EQ(splice.body("{}"), R"({"model":"a\"b\\c"})");
}

TEST(SpliceBody, TheLastOfDuplicatesCountsEverywhere) {
  EXPECT_EQ(Splice().body(R"({"n":1,"model":"a","n":2,"mod\u0065l":"b","\u006e":3})"),
            R"({"model":"gpt-4o","\u006e":3})");
  EXPECT_EQ(Splice().body(R"({"extra_body":{"a":1,"b":0,"a":2},"b":7})"),
            R"({"model":"gpt-4o","b":0,"a":2})");
  EXPECT_EQ(Splice().body(R"({"stream":true,"stream_options":{"x":1,"x":2}})"),
            R"({"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true,"x":2}})");
}

TEST(SpliceBody, LeavesOutWhatIsMeantForTheGateway) {
  EXPECT_EQ(Splice().body(R"({"metadata":{},"tags":["a"],"seed":1,"num_retries":3,"timeout":5,)"
                          R"("m\u0065tadata":{},"cache":{"no-store":true},"user":"u"})"),
            R"({"model":"gpt-4o","seed":1,"user":"u"})");
}

TEST(SpliceBody, AddsTheDeploymentsDefaultsThatTheClientDidNotSet) {
  Splice splice;
  splice.deployment.defaults = {{"temperature", "0.5"}, {"se\"ed", "1"}, {"stop", R"(["a"])"}};
  EXPECT_EQ(splice.body(R"({"temperature":1,"stop":null})"),
            R"({"model":"gpt-4o","temperature":1,"stop":null,"se\"ed":1})");
}

TEST(SpliceBody, ExtraBodiesGoOverTheClientsFieldsTheNearestLast) {
  Splice splice;
  splice.deployment.extra_body = {{"a", "1"}, {"b", "1"}, {"c", "1"}, {"c", "2"}};
  EXPECT_EQ(splice.body(R"({"a":0,"b":0,"c":0,"d":0,"extra_body":{"b":3,"d":3}})"),
            R"({"model":"gpt-4o","b":3,"d":3,"a":1,"c":2})");
}

TEST(SpliceBody, AnExtraBodyCarriesNamesThatTheGatewayConsumesOtherwise) {
  Splice splice;
  splice.deployment.extra_body = {{"priority", "1"}};
  EXPECT_EQ(splice.body(R"({"metadata":{"for":"us"},"extra_body":{"metadata":{"for":"them"}}})"),
            R"({"model":"gpt-4o","metadata":{"for":"them"},"priority":1})");
}

TEST(SpliceBody, NothingButTheRequestSaysWhetherToStream) {
  Splice splice;
  splice.deployment.extra_body = {{"stream", "true"}, {"model", "\"other\""}};
  splice.deployment.defaults = {{"stream", "true"}, {"stream_options", "{}"}};
  splice.overrides = R"({"model":"b","stream":true,"stream_options":{}})";
  EXPECT_EQ(splice.body(R"({"extra_body":{"stream":true,"model":"x","stream_options":{}}})"),
            R"({"model":"gpt-4o"})");
  EXPECT_EQ(splice.body(R"({"stream":true,"extra_body":{"stream":false}})"),
            R"({"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}})");
}

TEST(SpliceBody, AFallbacksOwnFieldsReplaceTheRequests) {
  Splice splice;
  splice.overrides = R"({"model":"b","messages":[2],"temperature":0,"timeout":9,"messages":[3]})";
  EXPECT_EQ(splice.body(R"({"messages":[1],"temperature":1,"n":1,"extra_body":{"temperature":2}})"),
            R"({"model":"gpt-4o","n":1,"temperature":0,"messages":[3]})");
}

TEST(SpliceBody, AsksForAStreamsUsageAndKeepsTheClientsOtherOptions) {
  EXPECT_EQ(Splice().body(R"({"stream":true})"),
            R"({"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true}})");
  EXPECT_EQ(Splice().body(R"({"stream":true,"stream_options":{"include_usage":false,"x":{}}})"),
            R"({"model":"gpt-4o","stream":true,"stream_options":{"include_usage":true,"x":{}}})");
  EXPECT_EQ(Splice().body(R"({"stream":false,"stream_options":{"include_usage":true}})"),
            R"({"model":"gpt-4o","stream":false,"stream_options":{"include_usage":true}})");
}

TEST(SpliceBody, AProviderWithoutUsageInStreamsIsNotAskedForIt) {
  ASSERT_FALSE(provider::find_provider("mistral")->stream_usage);
  EXPECT_EQ(Splice("mistral").body(R"({"stream":true})"), R"({"model":"gpt-4o","stream":true})");
  EXPECT_EQ(Splice("mistral").body(R"({"stream":true,"stream_options":{"x":1}})"),
            R"({"model":"gpt-4o","stream":true,"stream_options":{"x":1}})");
}

TEST(SpliceBody, SendsAParameterUnderTheProvidersNameForIt) {
  Splice mistral("mistral");
  EXPECT_EQ(mistral.body(R"({"a":1,"seed":7,"b":2})"),
            R"({"model":"gpt-4o","a":1,"random_seed":7,"b":2})");
  Splice reasoning;
  reasoning.model = "o3-mini";
  EXPECT_EQ(reasoning.body(R"({"max_tokens":5})"),
            R"({"model":"o3-mini","max_completion_tokens":5})");
  EXPECT_EQ(reasoning.body(R"({"max_tokens":5})", Endpoint::completions),
            R"({"model":"o3-mini","max_tokens":5})");
}

TEST(SpliceBody, ARenamedParameterGivesWayToTheNameItWouldTake) {
  Splice splice("mistral");
  EXPECT_EQ(splice.body(R"({"max_completion_tokens":5,"max_tokens":6})"),
            R"({"model":"gpt-4o","max_tokens":6})");
  EXPECT_EQ(splice.body(R"({"max_tokens":null,"max_completion_tokens":5})"),
            R"({"model":"gpt-4o","max_tokens":5})");
  EXPECT_EQ(splice.body(R"({"max_completion_tokens":5,"extra_body":{"max_tokens":7}})"),
            R"({"model":"gpt-4o","max_tokens":7})");
  splice.deployment.defaults = {{"max_tokens", "8"}, {"max_completion_tokens", "9"}};
  EXPECT_EQ(splice.body(R"({"max_completion_tokens":5})"), R"({"model":"gpt-4o","max_tokens":5})");
  EXPECT_EQ(splice.body("{}"), R"({"model":"gpt-4o","max_tokens":8})");
}

TEST(SpliceBody, AParameterTheProviderLacksIsRefusedByName) {
  Splice splice("mistral");
  const Status status = splice.run(R"({"logit_bias":{}})");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::unsupported_params);
  EXPECT_EQ(status.error().status, 400);
  EXPECT_EQ(status.error().param, "logit_bias");
  EXPECT_NE(status.error().message.find("mistral does not support parameters: ['logit_bias']"),
            std::string::npos);
}

TEST(SpliceBody, OrDroppedWhereTheRequestElseTheDeploymentElseTheConfigurationSaysSo) {
  const std::string dropped = R"({"model":"gpt-4o"})";
  const auto body = [](std::optional<bool> request, std::optional<bool> deployment, bool settings) {
    Splice splice("mistral");
    splice.deployment.drop_params = deployment;
    splice.settings.drop_params = settings;
    std::string asked = R"({"logit_bias":{})";
    if (request) asked += *request ? R"(,"drop_params":true)" : R"(,"drop_params":false)";
    return splice.body(asked + "}");
  };
  EXPECT_EQ(body({}, {}, true), dropped);
  EXPECT_EQ(body({}, true, false), dropped);
  EXPECT_EQ(body(true, false, false), dropped);
  EXPECT_TRUE(body(false, true, true).starts_with("error"));
  EXPECT_TRUE(body({}, false, true).starts_with("error"));
}

TEST(SpliceBody, AllowedParametersPassAndListedOnesAreAlwaysDropped) {
  Splice splice("mistral");
  EXPECT_EQ(splice.body(R"({"logit_bias":{},"allowed_openai_params":["logit_bias"]})"),
            R"({"model":"gpt-4o","logit_bias":{}})");
  EXPECT_EQ(splice.body(R"({"top_p":1,"n":1,"additional_drop_params":["top_p"]})"),
            R"({"model":"gpt-4o","n":1})");
  splice.deployment.allowed_openai_params = {"logit_bias"};
  splice.deployment.additional_drop_params = {"n"};
  EXPECT_EQ(splice.body(R"({"logit_bias":{},"n":1})"), R"({"model":"gpt-4o","logit_bias":{}})");
}

TEST(SpliceBody, ADefaultTheProviderLacksIsLeftOut) {
  Splice splice("mistral");
  splice.deployment.defaults = {{"logit_bias", "{}"}, {"seed", "3"}};
  EXPECT_EQ(splice.body("{}"), R"({"model":"gpt-4o","random_seed":3})");
}

TEST(SpliceBody, NullMeansNotSetSoItIsNeverUnsupported) {
  EXPECT_EQ(Splice("mistral").body(R"({"logit_bias":null})"),
            R"({"model":"gpt-4o","logit_bias":null})");
}

TEST(SpliceBody, ALargeBodyIsBorrowedNotCopied) {
  Splice splice;
  const std::string large(1 << 20, 'x');
  ASSERT_TRUE(splice.run(R"({"model":"a","messages":[")" + large + R"("],"n":1,"tags":[]})"));
  const std::string_view body = splice.request.bytes;
  const bool borrowed = std::ranges::any_of(splice.out.pieces(8), [&](std::string_view piece) {
    return piece.size() > large.size() && piece.data() >= body.data() &&
           piece.data() < body.data() + body.size();
  });
  EXPECT_TRUE(borrowed);
}

TEST(PieceList, GivesItsPiecesInOrderAndJoinsThemWhenThereAreTooMany) {
  const std::string borrowed = "BC";
  PieceList list;
  list.add("a");
  list.borrow(std::string_view(borrowed).substr(0, 1));
  list.borrow({});
  list.add("d");
  list.add("e");
  list.borrow(std::string_view(borrowed).substr(1));
  EXPECT_EQ(list.size(), 5u);
  const auto four = list.pieces(4);
  EXPECT_EQ(std::vector(four.begin(), four.end()),
            (std::vector<std::string_view>{"a", "B", "de", "C"}));
  EXPECT_EQ(four[1].data(), borrowed.data());
  const auto joined = list.pieces(3);
  EXPECT_EQ(std::vector(joined.begin(), joined.end()), (std::vector<std::string_view>{"aBdeC"}));
  EXPECT_EQ(list.join(), "aBdeC");
  list.add("f");
  EXPECT_EQ(list.join(), "aBdeCf");
  list.clear();
  EXPECT_EQ(list.size(), 0u);
  EXPECT_TRUE(list.pieces(4).empty());
}

TEST(PieceList, AnEmptyLoanIsNoPiece) {
  PieceList list;
  list.add("a");
  list.borrow({});
  list.borrow("bc");
  list.borrow({});
  list.add("d");
  EXPECT_EQ(list.join(), "abcd");
}

// Bodies made of what matters to the splicer, in any combination.
class BodyMaker {
 public:
  explicit BodyMaker(unsigned seed) : random_(seed) {}

  std::string object(std::size_t most = 12) {
    std::string out = "{";
    for (std::size_t i = below(most + 1); i > 0; i--) {
      if (out.size() > 1) out += pick({",", " ,\n"});
      const std::string key = name();
      out += '"';
      for (const char c : key) out += escaped(c);
      out += pick({"\":", "\" : "}) + value(key);
    }
    return out + "}";
  }
  std::string name() {
    return pick({"model", "messages", "stream_options", "n", "seed", "random_seed", "max_tokens",
                 "max_completion_tokens", "metadata", "a", "", "logit_bias", "tags", "temperature",
                 "é\"\\"});
  }
  std::string value(std::string_view key) {
    if (key == "model") return pick({"\"a\"", "\"b\""});
    if (key == "stream_options") return pick({"{}", R"({"include_usage":false,"x":1,"x":2})"});
    return pick({"null", "1", "[1, {\"a\":1}]", "{\"b\":\"c\"}", "\"\\u00e9\"", "true"});
  }
  NamedValues values() {
    NamedValues list;
    for (std::size_t i = below(4); i > 0; i--) {
      std::string key = name();
      list.emplace_back(key, value(key));
    }
    return list;
  }
  bool coin() { return below(2) == 0; }
  std::string pick(std::initializer_list<const char*> choices) {
    return choices.begin()[below(choices.size())];
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  std::string escaped(char c) {
    if (c == '"' || c == '\\') return {'\\', c};
    if (c >= 'a' && c <= 'z' && below(8) == 0) {
      constexpr char digits[] = "0123456789abcdef";
      return {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
    }
    return {c};
  }
  std::mt19937 random_;
};

void expect_unique_keys(std::string_view json, std::string_view context) {
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(json, fields)) << json << "\nof " << context;
  std::set<std::string_view> keys;
  for (const JsonField& field : fields)
    EXPECT_TRUE(keys.insert(field.key).second) << field.key << " in " << json << "\nof " << context;
}

std::optional<std::string> last_value(std::string_view json, std::string_view name) {
  JsonFields fields;
  if (json.empty() || scan_json_object(json, fields)) return std::nullopt;
  const JsonField* field = fields.find(name);
  return field == nullptr ? std::nullopt : std::optional(std::string(field->value));
}

std::optional<std::string> last_value(const NamedValues& values, std::string_view name) {
  const auto found = std::find_if(values.rbegin(), values.rend(),
                                  [&](const auto& each) { return each.first == name; });
  return found == values.rend() ? std::nullopt : std::optional(found->second);
}

// What a parameter that no provider knows must be sent as: the nearest that says something wins.
std::optional<std::string> expected(const Splice& splice, std::string_view name) {
  std::optional<std::string> value = last_value(splice.overrides, name);
  if (!value) value = last_value(splice.call.extra_body, name);
  if (!value) value = last_value(splice.deployment.extra_body, name);
  if (!value) value = last_value(splice.call.body, name);
  if (value) return value;
  const NamedValues& defaults = splice.deployment.defaults;
  const auto first = std::ranges::find(defaults, name, &NamedValues::value_type::first);
  return first == defaults.end() ? std::nullopt : std::optional(first->second);
}

TEST(SpliceBody, IsAlwaysOneObjectWithUniqueKeysAndTheNearestValues) {
  for (unsigned seed = 0; seed < 5000; seed++) {
    BodyMaker make(seed);
    Splice splice(make.pick({"openai", "mistral", "groq"}));
    splice.settings.drop_params = true;
    splice.model = make.pick({"gpt-4o", "o3-mini"});
    splice.deployment.extra_body = make.values();
    splice.deployment.defaults = make.values();
    if (make.coin()) splice.overrides = make.object(3);
    const std::string body = R"({"stream":)" + make.pick({"true", "false", "null"}) +
                             R"(,"extra_body":)" + make.object(3) + ",\"rest\":0," +
                             make.object().substr(1);
    if (scan_json(body)) continue;  // the object was empty: a comma stands before the bracket
    const std::string sent = splice.body(body);
    ASSERT_NO_FATAL_FAILURE(expect_unique_keys(sent, body));
    EXPECT_EQ(last_value(sent, "model"), "\"" + splice.model + "\"");
    for (const char* name : {"a", "temperature", "é\"\\"})
      if (splice.model != "o3-mini")
        EXPECT_EQ(last_value(sent, name), expected(splice, name)) << sent << "\nof " << body;
    if (const auto options = last_value(sent, "stream_options"); options && splice.call.stream)
      if (splice.deployment.spec->stream_usage) expect_unique_keys(*options, body);
  }
}

}  // namespace
}  // namespace sluice::gateway
