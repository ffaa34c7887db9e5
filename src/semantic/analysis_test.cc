#include "semantic/analysis.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "semantic/fold.h"
#include "semantic/typo.h"
#include "semantic/word_forms.h"

namespace sluice::semantic {
namespace {

// The canonicals, with a space between them.
std::string canonicals(std::string_view text) {
  const Analysis analysis(text);
  std::string joined;
  for (const Token& token : analysis.tokens())
    joined.append(joined.empty() ? "" : " ").append(token.canonical);
  return joined;
}

struct Row {
  std::string_view text, expected;
};

TEST(Fold, WritesOneSpellingForMany) {
  constexpr auto rows = std::to_array<Row>({
      {"caf\xc3\xa9", "cafe"},
      {"cafe\xcc\x81", "cafe"},
      {"Stra\xc3\x9f"
       "e",
       "Strasse"},
      {"\xef\xbc\xa1\xef\xbc\x91", "A1"},
      {"\xe2\x80\x98"
       "a\xe2\x80\x99 \xe2\x80\x93 \xe2\x80\x9c"
       "b\xe2\x80\x9d",
       "'a' - \"b\""},
      {"\xd9\xa4\xd9\xa2", "42"},
      {"20 \xc2\xb0"
       "C",
       "20  degree C"},
      {"\xd0\x9c\xd0\x98\xd0\xa0", "\xd0\xbc\xd0\xb8\xd1\x80"},
      {"a\xe2\x80\x8b"
       "b",
       "ab"},
      {"\xff", "\xef\xbf\xbd"},
  });
  for (const auto& [text, expected] : rows) {
    const Folded folded = fold(text);
    EXPECT_EQ(folded.plain, expected);
    EXPECT_EQ(folded.plain.size(), folded.lower.size());
    EXPECT_EQ(folded.plain.size(), folded.accents.size());
  }
  EXPECT_EQ(fold("caf\xc3\xa9").accents, fold("cafe\xcc\x81").accents);
}

TEST(Analysis, ReadsNumbers) {
  constexpr auto rows = std::to_array<Row>({
      {"twenty five", "25"},
      {"twenty-five", "25"},
      {"two hundred and five", "205"},
      {"three thousand two hundred", "3200"},
      {"2.5 million", "2500000"},
      {"1,234,567.5", "1234567.5"},
      {"5k", "5000"},
      {"3rd", "3rd"},
      {"third", "3rd"},
      {"twenty first", "21st"},
      {"112th", "112th"},
      {"1990s", "1990s"},
      {"10:30", "10:30"},
      {"2024-01-02", "2024-01-02"},
      {"5 lakh", "500000"},
      {"ten second break", "10 seconds break"},
      {"the second one", "the 2nd 1"},
      {"nineteen ninety", "19 90"},
      {"Henry VIII", "henry 8"},
      {"5kg", "5 kilogram"},
      {"25 g", "25 gram"},
      {"3 a day", "3 a day"},
      {"20%", "20 percent"},
  });
  for (const auto& [text, expected] : rows) EXPECT_EQ(canonicals(text), expected) << text;
}

TEST(Analysis, ReadsWords) {
  constexpr auto rows = std::to_array<Row>({
      {"What's up", "what is up"},
      {"dont won't", "do not will not"},
      {"France's wine", "france 's wine"},
      {"cities stopped running", "city stop run"},
      {"colours of theatres", "color of theater"},
      {"How do I cook", "howto cook"},
      {"Could you please tell me why", "why"},
      {"the United States", "the united_states"},
      {"C++ and C#", "c++ and c#"},
      {"U.S.A. today", "united_states today"},
      {"`Foo Bar` baz", "Foo Bar baz"},
      {"see foo_bar() now", "see foo_bar() now"},
      {"\xe5\x8c\x97\xe4\xba\xac", "\xe5\x8c\x97 \xe4\xba\xac"},
      {"x*2", "x * 2"},
      {"covid-19", "covid 19"},
  });
  for (const auto& [text, expected] : rows) EXPECT_EQ(canonicals(text), expected) << text;
}

TEST(Analysis, KnowsWhatIsAsked) {
  EXPECT_EQ(Analysis("When was Rome built?").asked(), asks_when);
  EXPECT_EQ(Analysis("Tell me who built Rome").asked(), asks_who);
  EXPECT_EQ(Analysis("How many hills has Rome?").asked(), asks_how_many);
  EXPECT_NE(Analysis("What is the date of Easter?").asked() & asks_when, 0);
  EXPECT_EQ(Analysis("Build Rome").asked(), 0);
}

TEST(Analysis, TellsLanguagesApart) {
  EXPECT_EQ(Analysis("What is the capital of Italy?").language(), 'e');
  EXPECT_EQ(Analysis("set up a report for a lost card").language(), 'e');
  EXPECT_EQ(Analysis("Wie heisst die Hauptstadt von Italien?").language(), 'd');
  EXPECT_EQ(Analysis("Quelle est la capitale de l'Italie et comment y aller?").language(), 'f');
}

TEST(Analysis, HoldsNoMoreThanItsTokens) {
  std::string text;
  for (int i = 0; i < 1000; i++) text += "word ";
  const Analysis analysis(text);
  EXPECT_TRUE(analysis.cut());
  EXPECT_LE(analysis.tokens().size(), max_tokens + 1);
}

TEST(EditDistance, CountsASwapAsOne) {
  EXPECT_EQ(edit_distance("abcd", "abdc", 3), 1);
  EXPECT_EQ(edit_distance("abcd", "abcd", 3), 0);
  EXPECT_EQ(edit_distance("abcd", "acd", 3), 1);
  EXPECT_EQ(edit_distance("abcd", "wxyz", 2), 3);
  EXPECT_EQ(edit_distance(std::string(100, 'a'), std::string(100, 'b'), 2), 3);
}

TEST(IsMisspelling, WantsOneWordThatNobodyKnows) {
  using enum Standing;
  EXPECT_TRUE(is_misspelling("recieve", unknown, "receive", frequent));
  EXPECT_FALSE(is_misspelling("form", frequent, "from", frequent));
  EXPECT_FALSE(is_misspelling("nitrite", known, "nitrate", known));
  EXPECT_FALSE(is_misspelling("ethene", unknown, "ethane", known));
  EXPECT_FALSE(is_misspelling("cat", frequent, "cta", unknown));
  EXPECT_TRUE(is_misspelling("kubernetse", unknown, "kubernetes", unknown));
  EXPECT_FALSE(is_misspelling("danone", unknown, "danine", unknown));
}

TEST(WordForms, TellFormsOfOneStemApart) {
  EXPECT_TRUE(is_other_form("happy", "unhappy"));
  EXPECT_TRUE(is_other_form("hypertension", "hypotension"));
  EXPECT_TRUE(is_other_form("useful", "useless"));
  EXPECT_TRUE(is_other_form("employer", "employee"));
  EXPECT_FALSE(is_other_form("house", "mouse"));
  EXPECT_TRUE(is_derived("invest", "investment"));
  EXPECT_TRUE(is_derived("nutritional", "nutrition"));
  EXPECT_FALSE(is_derived("contract", "contrast"));
}

}  // namespace
}  // namespace sluice::semantic
