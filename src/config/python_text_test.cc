#include "config/python_text.h"

#include <gtest/gtest.h>

#include "config/yaml_parse.h"

namespace sluice::config {
namespace {

Node parsed(std::string_view yaml) { return parse_yaml(yaml, 0).root; }

// The expected texts are CPython 3.11's.
TEST(PythonText, ListsAndMappingsAreWrittenAsReprDoes) {
  const Node node = parsed(
      R"({a: ["it's", 'say "x"', "both ' and \"", "\x01\t\\é\xa0"], b: {1: null, yes: 1.0}, )"
      "c: 2024-02-01, d: .inf, e: []}");
  EXPECT_EQ(python_str(node), R"py({'a': ["it's", 'say "x"', 'both \' and "', '\x01\t\\é\xa0'], )py"
                              R"py('b': {1: None, True: 1.0}, 'c': datetime.date(2024, 2, 1), )py"
                              R"py('d': inf, 'e': []})py");
}

TEST(PythonText, ATextIsItself) { EXPECT_EQ(python_str(parsed("it's é")), "it's é"); }

TEST(PythonText, JsonDumpsEscapesEverythingOutsideAscii) {
  EXPECT_EQ(
      python_json(parsed(R"({ä: ["é\n", 😀, 1, 1.0e-7, true, null, .nan, "\x7f"], 1: x})")),
      "{\"\\u00e4\": [\"\\u00e9\\n\", \"\\ud83d\\ude00\", 1, 1e-07, true, null, NaN, \"\\u007f\"], "
      "\"1\": \"x\"}");
}

TEST(PythonText, CompactJsonIsUtf8WithoutNan) {
  EXPECT_EQ(compact_json(parsed("{ä: [é, 0x10, .nan, {b: ~}]}")),
            R"({"ä":["é",16,null,{"b":null}]})");
}

}  // namespace
}  // namespace sluice::config
