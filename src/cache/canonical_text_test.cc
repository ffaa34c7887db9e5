#include "cache/canonical_text.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/json_scan.h"

namespace sluice::cache {
namespace {

std::string text_of(std::string_view json) {
  EXPECT_FALSE(scan_json(json)) << json;
  TextBuffer out;
  append_canonical_text(out, json);
  return std::string(out.text());
}

TEST(CanonicalText, IsOneForAllSpellingsOfAValue) {
  const std::vector<std::vector<std::string_view>> same = {
      {"1", "1.0", "1e0", "10e-1", "0.1E1", "1.000", "1E+0"},
      {"0", "-0", "0.0", "-0.0e5", "0e999999999999999999999"},
      {"1500", "1.5e3", "15e2", "1500.0"},
      {"0.7", "7e-1", "0.70", "70e-2"},
      {"-12", "-12.0", "-1.2e1"},
      {"1e400", "10e399", "1.0e400"},
      {"123456789012345678901234567890", "123456789012345678901234567890.0"},
      {R"("a")", R"("\u0061")"},
      {R"("/\"\\")", R"("\/\u0022\u005c")"},
      {"\"\u00e9\U0001f600\"", R"("\u00e9\ud83d\ude00")", R"("\u00E9\uD83D\uDE00")"},
      {R"("\n\r\t\b\f\u0000")", R"("\u000a\u000D\u0009\u0008\u000c\u0000")"},
      {R"({"role":"user","content":"x"})", R"( { "content" : "x" ,
          "role":"user"} )"},
      {R"({"a":{"b":1,"c":2},"d":[]})", R"({"d":[ ],"a":{"c":2.0,"\u0062":1}})"},
      {R"({"a":1,"b":2})", R"({"a":9,"b":2,"a":1})", R"({"a":8,"a":9,"b":3,"b":2,"\u0061":1})"},
      {"[1,[2]]", " [ 1 , [ 2 ] ] "},
  };
  for (const auto& texts : same) {
    for (const std::string_view each : texts) EXPECT_EQ(text_of(each), text_of(texts[0])) << each;
  }
}

TEST(CanonicalText, DiffersForDifferentValues) {
  const std::vector<std::string_view> values = {"null",
                                                "true",
                                                "false",
                                                "0",
                                                "1",
                                                "-1",
                                                "10",
                                                "100",
                                                "1e-1",
                                                "11",
                                                "\"\"",
                                                "\"0\"",
                                                "\"1\"",
                                                "\"true\"",
                                                "\"null\"",
                                                "[]",
                                                "{}",
                                                "[[]]",
                                                "[{}]",
                                                "[1]",
                                                "[1,1]",
                                                "[11]",
                                                "[1,[1]]",
                                                "[[1],1]",
                                                R"(["1,1"])",
                                                R"({"a":1})",
                                                R"({"a":"1"})",
                                                R"({"a":null})",
                                                R"({"b":1})",
                                                R"({"a":1,"b":1})",
                                                R"({"a":{"b":1}})",
                                                R"(["a",1])",
                                                R"(["a:1,"])",
                                                R"("a\nb")",
                                                R"("a\\nb")",
                                                "123456789012345678901234567890",
                                                "123456789012345678901234567891",
                                                "0.30000000000000004",
                                                "0.3",
                                                "1e99999999999999999999",
                                                "1e99999999999999999998",
                                                R"("\u00e9")",
                                                R"("e\u0301")"};
  std::map<std::string, std::string_view> seen;
  for (const std::string_view each : values) {
    const auto [place, is_new] = seen.emplace(text_of(each), each);
    EXPECT_TRUE(is_new) << each << " and " << place->second;
  }
}

TEST(CanonicalText, KeepsTheOrderOfArrays) {
  EXPECT_NE(text_of("[1,2]"), text_of("[2,1]"));
  EXPECT_NE(text_of(R"([{"role":"user"},{"role":"system"}])"),
            text_of(R"([{"role":"system"},{"role":"user"}])"));
}

TEST(CanonicalText, SortsLargeAndDeepObjects) {
  std::string up = "{", down = "{";
  for (int i = 0; i < 300; i++) {
    up += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":{\"x\":1,\"yy\":[" + std::to_string(i) +
          "]}";
    down += (i ? ",\"k" : "\"k") + std::to_string(299 - i) + "\":{\"yy\":[" +
            std::to_string(299 - i) + "],\"x\":1}";
  }
  EXPECT_EQ(text_of(up + "}"), text_of(down + "}"));
  std::string deep(500, '['), closing(500, ']');
  EXPECT_EQ(text_of(deep + closing).size(), 500 * 2 + 499);
}

}  // namespace
}  // namespace sluice::cache
