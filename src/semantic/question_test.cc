#include "semantic/question.h"

#include <gtest/gtest.h>

#include <string>

#include "semantic/secrets.h"

namespace sluice::semantic {
namespace {

TEST(JudgeQuestion, TakesQuestionsThatStandForThemselves) {
  for (const auto* text :
       {"What is the capital of France?", "How do I cook rice?", "explain photosynthesis",
        "Is it safe to eat raw eggs?", "How do I reset my password in Gmail?",
        "How can I cancel my subscription to a magazine?", "Wie hoch ist der Mont Blanc?",
        "What does the word that mean in this sentence about commas?", "法国的首都是哪里？",
        "Which file formats does LibreOffice open?",
        "In 2015, who won the Nobel prize in physics?"}) {
    const auto verdict = judge_question(text);
    EXPECT_TRUE(verdict.matchable) << text << ": " << verdict.reason;
    EXPECT_FALSE(verdict.time_sensitive) << text;
  }
}

TEST(JudgeQuestion, RefusesWhatLeansOnEarlierTurns) {
  for (const auto* text :
       {"why?", "continue", "And what about it?", "rewrite that", "make it shorter", "Yes please",
        "is that true?", "", "  ", "?", "what is its capital"})
    EXPECT_FALSE(judge_question(text).matchable) << text;
  EXPECT_FALSE(judge_question("How do they make cheese?", Turn::later).matchable);
  EXPECT_TRUE(
      judge_question("How do they make cheese in Holland from raw milk?", Turn::later).matchable);
  EXPECT_FALSE(judge_question("Summarize the following").matchable);
}

TEST(JudgeQuestion, RefusesWhatIsAboutOnePerson) {
  for (const auto* text :
       {"Where is my order?", "What is my checking account balance",
        "when is my next credit card bill due", "My name is Ann, what rhymes with it?",
        "write to ann@example.com that I am late", "please call me Bob from now on",
        "What's my name?", "my number is 555-123-4567, call back", "What do you know about me?",
        "track parcel 1Z999AA10123456784"})
    EXPECT_FALSE(judge_question(text).matchable) << text;
}

TEST(JudgeQuestion, GivesAnswersThatChangeAShortLife) {
  for (const auto* text : {"What is the weather in Paris?", "Who is the president of France?",
                           "latest news about Mars", "What time is it in Tokyo?",
                           "How did the stock market do this week?",
                           "Which movies are in cinemas now?", "dollar to euro exchange rate"}) {
    const auto verdict = judge_question(text);
    EXPECT_TRUE(verdict.matchable) << text << ": " << verdict.reason;
    EXPECT_TRUE(verdict.time_sensitive) << text;
  }
}

TEST(JudgeQuestion, RefusesCodeAndLongTexts) {
  EXPECT_FALSE(judge_question("What does this do?\n```\nprint(1)\n```").matchable);
  EXPECT_FALSE(judge_question("Explain\nint f(int x) {\n  return x;\n}").matchable);
  std::string words;
  for (int i = 0; i < 300; i++) words += "word ";
  EXPECT_FALSE(judge_question(words).matchable);
}

TEST(HasSecret, FindsKeysIdsAndAddresses) {
  for (const auto* text :
       {"sk-abcdef0123456789", "the key is AKIAIOSFODNN7EXAMPLE", "mail me@example.org please",
        "card 4111 1111 1111 1111", "id 123e4567-e89b-12d3-a456-426614174000", "password: hunter2",
        "-----BEGIN RSA PRIVATE KEY-----", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0"})
    EXPECT_TRUE(has_secret(text)) << text;
  for (const auto* text :
       {"What is 1,000,000 times 3?", "from 2019-01-02 to 2020-03-04", "risk-free rate",
        "What does @property do in Python?", "state-of-the-art-language-models"})
    EXPECT_FALSE(has_secret(text)) << text;
}

}  // namespace
}  // namespace sluice::semantic
