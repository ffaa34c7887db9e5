#include "base/python_repr.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string repr(std::string_view text) {
  std::string out;
  append_python_repr(out, text);
  return out;
}

TEST(PythonRepr, QuotesLikePython) {
  EXPECT_EQ(repr(""), "''");
  EXPECT_EQ(repr("plain"), "'plain'");
  EXPECT_EQ(repr("it's"), R"("it's")");
  EXPECT_EQ(repr(R"(say "x")"), R"('say "x"')");
  EXPECT_EQ(repr(R"(it's "x")"), R"('it\'s "x"')");
  EXPECT_EQ(repr(R"(back\slash)"), R"('back\\slash')");
}

TEST(PythonRepr, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(repr("a\nb\rc\td"), R"('a\nb\rc\td')");
  EXPECT_EQ(repr(std::string_view("\0\x1b\x7f", 3)), R"('\x00\x1b\x7f')");
  EXPECT_EQ(repr("\u0080\u00a0\u00ad"), R"('\x80\xa0\xad')");
  EXPECT_EQ(repr("\u200b\u2028\u3000\ufeff\ue000"), R"('\u200b\u2028\u3000\ufeff\ue000')");
  EXPECT_EQ(repr("\U000e0001\U0010ffff"), R"('\U000e0001\U0010ffff')");
}

TEST(PythonRepr, KeepsWhatIsPrintable) {
  const std::string text = "caf\u00e9 \u4f60\u597d \U0001f600 \u00a1\u0300";
  EXPECT_EQ(repr(text), "'" + text + "'");
  // Assigned in Unicode 15.0 and 15.1.
  EXPECT_EQ(repr("\U0001fae8\U0002ebf0"), "'\U0001fae8\U0002ebf0'");
}

}  // namespace
}  // namespace sluice
