#include "config/yaml_parse.h"

#include <gtest/gtest.h>

#include "config/python_text.h"

namespace sluice::config {
namespace {

std::string parsed(std::string_view yaml) {
  const YamlResult result = parse_yaml(yaml, 0);
  if (result.ok) return python_str(result.root);
  return "line " + std::to_string(result.error.mark.line) + ": " + result.error.message;
}

TEST(YamlParse, GivesTheValuesThatPyYamlGives) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "None"},
      {"# only a comment\n", "None"},
      {"a: 1\nb: [x, 'y', \"z\\n\"]\n", "{'a': 1, 'b': ['x', 'y', 'z\\n']}"},
      {"a: 'yes'\nb: yes\n", "{'a': 'yes', 'b': True}"},
      {"a: |\n  two\n  lines\nb: >-\n  folded\n  text\n",
       "{'a': 'two\\nlines\\n', 'b': 'folded text'}"},
      {"a: &x {b: 1}\nc: *x\n", "{'a': {'b': 1}, 'c': {'b': 1}}"},
      {"{b:1, c: d}", "{'b:1': None, 'c': 'd'}"},
      {"1: a\n1.5: b\nnull: c\n", "{1: 'a', 1.5: 'b', None: 'c'}"},
      {"a: !!str 12\nb: !!int '12'\nc: !!float 3\n", "{'a': '12', 'b': 12, 'c': 3.0}"},
      {"- it's\n- 'say \"x\"'\n", "[\"it's\", 'say \"x\"']"},
  };
  for (const auto& [yaml, expected] : cases) EXPECT_EQ(parsed(yaml), expected) << yaml;
}

TEST(YamlParse, MergesYieldToOwnKeysAndEarlierMappings) {
  EXPECT_EQ(parsed("base: &base {a: 1, b: 2}\nuse:\n  b: 3\n  <<: *base\n  c: 4\n"),
            "{'base': {'a': 1, 'b': 2}, 'use': {'a': 1, 'b': 3, 'c': 4}}");
  EXPECT_EQ(parsed("{<<: [{a: 1}, {a: 2, b: 3}]}"), "{'a': 1, 'b': 3}");
}

TEST(YamlParse, MarksAreThePlacesInTheFile) {
  const YamlResult result = parse_yaml("a:\n  b: [1,\n    2]\n", 7);
  const Node& second = result.root.find("a")->find("b")->items[1];
  EXPECT_EQ(second.mark.file, 7);
  EXPECT_EQ(second.mark.line, 3);
  EXPECT_EQ(second.mark.column, 5);
  EXPECT_EQ(result.root.find("a")->find_key("b")->mark.line, 2);
}

TEST(YamlParse, TheLastOfAKeyWrittenTwiceCountsAndIsReported) {
  const YamlResult result = parse_yaml("a: 1\nb: 2\na: 3\n", 0);
  EXPECT_EQ(python_str(result.root), "{'a': 3, 'b': 2}");
  ASSERT_EQ(result.duplicates.size(), 1u);
  EXPECT_EQ(result.duplicates[0].message, "a");
  EXPECT_EQ(result.duplicates[0].mark.line, 3);
}

TEST(YamlParse, SaysWhatIsWrongAndWhere) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a: [1, 2\n",
       "line 2: did not find expected ',' or ']' while parsing a flow sequence that "
       "starts in line 1"},
      {"a: b: c\n", "line 1: mapping values are not allowed in this context"},
      {"a:\n\tb: 1\n",
       "line 2: this character cannot start a value; put the value in quotes, and "
       "indent with spaces, not tabs"},
      {"a: @x\n",
       "line 1: this character cannot start a value; put the value in quotes, and indent "
       "with spaces, not tabs"},
      {"a: *x\n",
       "line 1: no anchor `&x` before this alias; a value that starts with `*` needs "
       "quotes"},
      {"a: &x [*x]\n", "line 1: the alias `*x` would contain itself"},
      {"a: {{ template }}\n",
       "line 1: a key must be a plain text; put a value that starts with `{` "
       "or `[` in quotes"},
      {"a: 1\n---\nb: 2\n", "line 2: a second document starts here; keep one (remove the `---`)"},
      {"a: !env X\n", "line 1: the tag `!env` does not fit; remove it"},
      {"a: {<<: 3}\n", "line 1: `<<` takes a mapping or a list of mappings"},
  };
  for (const auto& [yaml, expected] : cases) EXPECT_EQ(parsed(yaml), expected) << yaml;
}

TEST(YamlParse, BytesThatAreNotUtf8AreAnError) {
  EXPECT_FALSE(parse_yaml("a: \xff\n", 0).ok);
  EXPECT_FALSE(parse_yaml(std::string_view("a: \0b\n", 6), 0).ok);
}

TEST(YamlParse, DepthAndExpansionAreBounded) {
  EXPECT_FALSE(parse_yaml(std::string(5000, '['), 0).ok);
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; i++) {
    const std::string before = "*a" + std::to_string(i - 1) + ", ";
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; j++) laughs += before;
    laughs += "]\n";
  }
  EXPECT_NE(parsed(laughs).find("more than 200000 values"), std::string::npos);
}

}  // namespace
}  // namespace sluice::config
