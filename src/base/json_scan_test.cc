#include "base/json_scan.h"

#include <gtest/gtest.h>
#include <simdjson.h>

namespace sluice {
namespace {

TEST(JsonScan, ListsTopLevelFieldsWithTheirTextAndPlace) {
  const std::string_view json =
      R"( {"model": "gpt-4o", "n":1, "messages":[{"a":[1,{}]}], "x":null} )";
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(json, fields));
  ASSERT_EQ(fields.size(), 4u);
  EXPECT_EQ(fields[0].key, "model");
  EXPECT_EQ(fields[0].value, "\"gpt-4o\"");
  EXPECT_EQ(fields[0].type, JsonType::string);
  EXPECT_EQ(json.substr(fields[0].begin, fields[0].end - fields[0].begin), R"("model": "gpt-4o")");
  EXPECT_EQ(fields[2].value, R"([{"a":[1,{}]}])");
  EXPECT_EQ(fields[3].type, JsonType::null);
}

TEST(JsonScan, TheLastOfDuplicateKeysCountsAlsoWhenOneIsEscaped) {
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(R"({"model":"a","mod\u0065l":"b"})", fields));
  EXPECT_EQ(fields[1].key, "model");
  EXPECT_EQ(fields.find("model")->value, "\"b\"");
}

TEST(JsonSkim, TheLastOfDuplicateKeysCounts) {
  JsonFields fields;
  ASSERT_FALSE(skim_json_object(R"({"a":1,"b":2,"a":3})", fields));
  EXPECT_EQ(fields.find("a")->value, "3");
  EXPECT_FALSE(fields.counts(fields[0]));
  EXPECT_TRUE(fields.counts(fields[1]));
  EXPECT_TRUE(fields.counts(fields[2]));
}

TEST(JsonScan, StringsAtTheVeryEndOfTheTextAreReadToTheirQuote) {
  for (std::size_t size = 0; size < 100; size++) {
    const std::string json = "{\"a\":\"" + std::string(size, 'x') + "\"}";
    JsonFields fields;
    ASSERT_FALSE(scan_json_object(json, fields)) << size;
    EXPECT_EQ(fields[0].value.size(), size + 2);
    EXPECT_TRUE(scan_json_object(json.substr(0, json.size() - 2), fields)) << size;
    ASSERT_FALSE(skim_json_object(json, fields)) << size;
    EXPECT_TRUE(skim_json_object(json.substr(0, json.size() - 2), fields)) << size;
  }
}

TEST(JsonScan, FaultsSayWhere) {
  struct Case {
    std::string_view json;
    std::size_t offset;
  };
  for (const auto& [json, offset] : std::initializer_list<Case>{{"", 0},
                                                                {"[]", 0},
                                                                {"{\"a\": NaN}", 6},
                                                                {"{\"a\":-Infinity}", 5},
                                                                {"{\"a\":1,}", 7},
                                                                {"{\"a\":\"\\ud800\"}", 6},
                                                                {"{\"a\":\"\\udc00\"}", 6},
                                                                {"{\"a\":", 5},
                                                                {"{\"a\":01}", 5},
                                                                {"{\"a\":1} x", 8},
                                                                {"{\"model\": \"gpt\", ", 17},
                                                                {"{\"a\":\"x", 5},
                                                                {"{\"a\" 1}", 5},
                                                                {"{\"a\":[1,,2]}", 8},
                                                                {"{\"a\":tru}", 5},
                                                                {"{\"a\":\"\x01\"}", 6},
                                                                {"{\"a\":\"\xff\"}", 6},
                                                                {"{\"a\":1.}", 7},
                                                                {"{\"a\":1e}", 7},
                                                                {"{\"a\":\"\\x\"}", 6},
                                                                {"{'a':1}", 1},
                                                                {"{\"a\":[}", 6},
                                                                {"{\"a\":{]}", 6},
                                                                {"{\"a\":\"\\u12g4\"}", 6}}) {
    JsonFields fields;
    const auto fault = scan_json_object(json, fields);
    ASSERT_TRUE(fault) << json;
    EXPECT_EQ(fault->offset, offset) << json << ": " << fault->what;
  }
}

TEST(JsonScan, FaultsFarIntoAStringSayWhere) {
  for (std::size_t size = 0; size < 150; size++) {
    const std::string start = R"({"a":")" + std::string(size, 'x') + R"(\n\"\\)";
    const auto fault = [&](const std::string& rest) { return scan_json(start + rest); };
    for (const char* rest : {"\\x\"}", "\x01\"}", "\\ud800\"}", "\\u12g4\"}"}) {
      ASSERT_TRUE(fault(rest)) << size << rest;
      EXPECT_EQ(fault(rest)->offset, start.size()) << size << rest;
    }
    EXPECT_EQ(fault("")->offset, 5u) << size;
    EXPECT_STREQ(fault("")->what, "this string is never closed") << size;
    EXPECT_EQ(fault("\\")->offset, start.size() + 1) << size;
    EXPECT_STREQ(fault("\\")->what, "the JSON text ends too early") << size;
    EXPECT_FALSE(fault("\\u00e9\\ud83d\\ude00\"}")) << size;
  }
}

TEST(JsonScan, KeysOfAnyLengthMayHaveEscapesAndSpaceAround) {
  for (std::size_t size = 1; size < 80; size++) {
    const std::string name(size, 'k'), space(size, ' ');
    const std::string json = "{" + space + "\"" + name + "\"" + space + ":\n" + space + "-12.5e1" +
                             space + ",\"\\u0041" + name + "\":\r\n\ttrue" + space + "}";
    JsonFields fields;
    ASSERT_FALSE(scan_json_object(json, fields)) << json;
    ASSERT_EQ(fields.size(), 2u);
    EXPECT_EQ(fields[0].key, name);
    EXPECT_EQ(fields[0].value, "-12.5e1");
    EXPECT_EQ(fields[1].key, "A" + name);
    EXPECT_EQ(fields[1].type, JsonType::boolean);
  }
}

TEST(JsonScan, NumbersOfAnyLengthEndAtTheirLastDigit) {
  for (std::size_t size = 1; size < 30; size++) {
    const std::string digits(size, '7');
    for (const std::string& number :
         {digits, "-" + digits, "0." + digits, digits + "E+" + digits}) {
      EXPECT_FALSE(scan_json(number)) << number;
      EXPECT_EQ(scan_json(number + ":")->offset, number.size()) << number;
      EXPECT_EQ(scan_json("[" + number + "/ 1234567]")->offset, number.size() + 1) << number;
    }
  }
}

TEST(JsonScan, AgreesWithSimdjsonOnWhatIsValid) {
  const std::string_view seed =
      R"({"a":[1,-0.5e+3,true,null,"\u00e9\ud83d\ude00\\\"/"],"b":{"c":{}},"d":"häß 你好 text long enough"})";
  simdjson::dom::parser parser;
  for (std::size_t i = 0; i < seed.size(); i++) {
    for (const char c : std::string_view("{}[]\",:\\01e.-tn \x80\xc3\x01")) {
      std::string json(seed);
      json[i] = c;
      const bool theirs = parser.parse(json).error() == simdjson::SUCCESS && json[0] == '{';
      JsonFields fields;
      const bool ours = !scan_json_object(json, fields);
      // Lone surrogates are the one thing on which we are stricter.
      if (ours != theirs && json.find("\\ud83d\\ude00") == std::string::npos) continue;
      EXPECT_EQ(ours, theirs) << json;
    }
    JsonFields fields;
    if (i > 0) EXPECT_TRUE(scan_json_object(seed.substr(0, i), fields)) << seed.substr(0, i);
  }
}

TEST(JsonScan, SkimmingFindsTheSameFieldsAndEveryCut) {
  const std::string_view json =
      R"({"id":"a{\"]","choices":[{"text":"}\\","n":[1,[2]]},{}],"usage":{"total_tokens":3},"x":-1.5})";
  JsonFields strict, skimmed;
  ASSERT_FALSE(scan_json_object(json, strict));
  ASSERT_FALSE(skim_json_object(json, skimmed));
  ASSERT_EQ(skimmed.size(), strict.size());
  for (std::size_t i = 0; i < strict.size(); i++) {
    EXPECT_EQ(skimmed[i].key, strict[i].key);
    EXPECT_EQ(skimmed[i].value, strict[i].value);
  }
  for (std::size_t size = 0; size < json.size(); size++)
    EXPECT_TRUE(skim_json_object(json.substr(0, size), skimmed)) << json.substr(0, size);
  EXPECT_TRUE(skim_json_object("<html>", skimmed));
}

TEST(JsonScan, DepthIsBounded) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_FALSE(scan_json(nested(max_json_depth - 1)));
  EXPECT_STREQ(scan_json(nested(100'000))->what, "nested too deeply");
}

TEST(JsonScan, UnescapesEveryKindOfEscape) {
  EXPECT_EQ(json_unescape(R"("a\n\t\r\b\f\/\"\\\u0041\u00e9\u20ac\ud83d\ude00z")"),
            "a\n\t\r\b\f/\"\\Aé€😀z");
}

TEST(JsonScan, ANumberIsFiniteAndWhole) {
  EXPECT_EQ(json_number("-1.5e3"), -1500);
  for (const char* text : {"", "nan", "inf", "-inf", "1e999", "1x", " 1", "\"1\""})
    EXPECT_FALSE(json_number(text)) << text;
}

TEST(JsonScan, PositionsCountLinesAndColumnsFromOne) {
  EXPECT_EQ(json_position("{\n  x", 4), "line 2, column 3");
}

}  // namespace
}  // namespace sluice
