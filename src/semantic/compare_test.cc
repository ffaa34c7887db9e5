#include "semantic/compare.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "semantic/compare_cases.h"

namespace sluice::semantic {
namespace {

Comparison compare_at(std::string_view a, std::string_view b, double similarity) {
  return compare(a, b, similarity, {});
}

TEST(Compare, TakesOtherWordsForTheSameQuestion) {
  for (const auto& [a, b] : same_questions) {
    const auto verdict = compare_at(a, b, 0.95);
    EXPECT_TRUE(verdict.same) << a << " | " << b << ": " << verdict.reason << " " << verdict.detail;
  }
}

TEST(Compare, TakesMisspelledQuestionsAtALowSimilarity) {
  for (const auto& [a, b] : misspelled_questions) {
    const auto verdict = compare_at(a, b, 0.65);
    EXPECT_TRUE(verdict.same) << a << " | " << b << ": " << verdict.reason << " " << verdict.detail;
  }
}

TEST(Compare, TellsOtherQuestionsApartHoweverNearTheyAre) {
  for (const auto& [a, b] : other_questions) {
    const auto verdict = compare_at(a, b, 0.999);
    EXPECT_FALSE(verdict.same) << a << " | " << b << ": " << verdict.reason;
  }
}

TEST(Compare, IsSymmetric) {
  for (const auto* list : {&same_questions, &misspelled_questions, &other_questions}) {
    for (const auto& [a, b] : *list) {
      const auto there = compare_at(a, b, 0.9), back = compare_at(b, a, 0.9);
      EXPECT_EQ(there.same, back.same)
          << a << " | " << b << ": " << there.reason << " / " << back.reason;
      EXPECT_DOUBLE_EQ(there.score, back.score) << a << " | " << b;
    }
  }
}

TEST(Compare, TakesEveryQuestionForItself) {
  for (const auto* list : {&same_questions, &misspelled_questions, &other_questions}) {
    for (const auto& [a, b] : *list) {
      EXPECT_TRUE(compare_at(a, a, 1).same) << a;
      const std::string spaced = "  " + std::string(b) + "\n";
      EXPECT_TRUE(compare_at(b, spaced, 0.9).same) << b;
    }
  }
}

TEST(Compare, AsksForMoreSimilarityTheMoreWordsAreReplaced) {
  const std::string_view asked = "How can I learn to play the guitar?";
  EXPECT_FALSE(compare_at(asked, "guitar lessons for beginners", 0.86).same);
  EXPECT_TRUE(compare_at(asked, "guitar lessons for beginners", 0.97).same);
  EXPECT_TRUE(
      compare_at("How do I get rid of ants?", "What is the best way to remove ants?", 0.86).same);
}

TEST(Compare, NamesTheWordThatIsReplaced) {
  const auto verdict = compare_at("Can I bake a pear?", "Can I bake a plum?", 0.99);
  EXPECT_STREQ(verdict.reason, "another word in the same place");
  EXPECT_EQ(verdict.detail, "pear / plum");
}

TEST(Compare, HoldsAnOperatorsThreshold) {
  const CompareOptions options{.similarity_threshold = 0.9};
  EXPECT_FALSE(compare("How do I cook rice?", "how to cook rice", 0.89, options).same);
  EXPECT_TRUE(compare("How do I cook rice?", "how to cook rice", 0.9, options).same);
  EXPECT_FALSE(compare("population in 2015", "population in 2016", 0.99, options).same);
  const CompareOptions trusting{.similarity_threshold = 0.9, .vetoes = false};
  EXPECT_TRUE(compare("population in 2015", "population in 2016", 0.99, trusting).same);
  EXPECT_DOUBLE_EQ(compare("a cat", "a cat", 0.93, options).score, 0.93);
}

TEST(Compare, SaysWhyWithoutTheWords) {
  const auto verdict = compare_at("What happened in 1969?", "What happened in 1968?", 0.99);
  EXPECT_STREQ(verdict.reason, "numbers differ");
  EXPECT_EQ(verdict.detail, "1968");
}

TEST(Compare, NeverTakesLongTextsForTheSame) {
  std::string long_text;
  for (int i = 0; i < 300; i++) long_text += "word ";
  EXPECT_FALSE(compare_at(long_text, long_text, 1).same);
}

TEST(Compare, StandsNotANumber) {
  EXPECT_FALSE(compare_at("rice or pasta", "bread or butter", std::nan("")).same);
}

TEST(Compare, StandsAnyBytes) {
  std::mt19937 random(5);
  const std::vector<std::string> seeds{"How do I \"sort\" a list in C++ 11?",
                                       "été 北京 5kg ½ £3 don't U.S."};
  for (int round = 0; round < 4000; round++) {
    std::string a = seeds[random() % 2], b = seeds[random() % 2];
    for (auto* text : {&a, &b}) {
      for (unsigned edits = random() % 12; edits > 0; edits--)
        (*text)[random() % text->size()] = static_cast<char>(random());
    }
    const auto there = compare_at(a, b, 0.97), back = compare_at(b, a, 0.97);
    EXPECT_EQ(there.same, back.same);
    EXPECT_TRUE(there.score >= 0 && there.score <= 1);
  }
}

}  // namespace
}  // namespace sluice::semantic
