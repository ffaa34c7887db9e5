#include "cache/python_literal.h"

#include <gtest/gtest.h>

namespace sluice::cache {
namespace {

TEST(PythonLiteral, BecomesTheSameJson) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"None", "null"},
      {" True ", "true"},
      {"-12", "-12"},
      {"1e-05", "1e-05"},
      {"'it\\'s'", "\"it's\""},
      {R"("it's \"x\"")", R"("it's \"x\"")"},
      {R"('a\n\t\\ \x41\u00e9\U0001f600')", "\"a\\n\\t\\\\ A\u00e9\U0001f600\""},
      {"u'x'", "\"x\""},
      {"''", "\"\""},
      {"[]", "[]"},
      {"()", "[]"},
      {"(1,)", "[1]"},
      {"[1, 'a', None,]", R"([1,"a",null])"},
      {"{}", "{}"},
      {"{'a': {'b': (1, 2)}, \"c\": False}", R"({"a":{"b":[1,2]},"c":false})"},
  };
  for (const auto& [python, json] : cases) EXPECT_EQ(python_literal_to_json(python), json);
}

TEST(PythonLiteral, TakesNothingElse) {
  for (const std::string_view text :
       {"",        " ",       "x",       "nan",       "inf",       "-inf",
        "-",       "01",      "1_000",   "1 2",       "'",         "'a",
        "'a\nb'",  "'\\",     "'\\q'",   "'\\x4'",    "'\\ud800'", "'\\U00110000'",
        "[",       "[1",      "[1 2]",   "[,]",       "{1: 2}",    "{'a'}",
        "{'a': }", "{'a': 1", "{'a' 1}", "{None: 1}", "(1",        "[1)",
        "f(x)",    "b'x'",    "u",       "ux",        "'a' 'b'",   "\xff"})
    EXPECT_FALSE(python_literal_to_json(text)) << text;
  EXPECT_FALSE(python_literal_to_json(std::string(100'000, '[')));
}

}  // namespace
}  // namespace sluice::cache
