#include "embed/tokenizer.h"

#include <gtest/gtest.h>

#include "embed/tiny_model_for_test.h"
#include "embed/tokenizer_json.h"

namespace sluice::embed {
namespace {

using testing::TinyModel;

// A tokenizer of the pieces in tiny_model_for_test.h.
class Tokenized {
 public:
  explicit Tokenized(std::string_view normalizer = R"("lowercase":true)") {
    auto read = read_tokenizer(TinyModel::tokenizer(normalizer));
    EXPECT_TRUE(read) << read.error().message;
    offsets_.push_back(0);
    for (const std::string& piece : read->pieces) {
      text_ += piece;
      offsets_.push_back(static_cast<std::uint32_t>(text_.size()));
    }
    tokenizer_ = Tokenizer(Vocabulary(offsets_, text_), read->rules);
  }

  // The pieces of a text, parted by spaces.
  std::string operator()(std::string_view text, std::size_t most = 1000) const {
    std::vector<std::uint32_t> ids;
    tokenizer_.tokenize(text, most, ids);
    std::string joined;
    for (const std::uint32_t id : ids) {
      if (!joined.empty()) joined += ' ';
      joined += tokenizer_.vocabulary().piece(id);
    }
    return joined;
  }
  const Tokenizer& tokenizer() const { return tokenizer_; }

 private:
  std::vector<std::uint32_t> offsets_;
  std::string text_;
  Tokenizer tokenizer_;
};

TEST(Tokenizer, LongestPiecesFirst) {
  const Tokenized tokenized;
  EXPECT_EQ(tokenized("the cats unhappy"), "the cat ##s un ##happ ##y");
}

TEST(Tokenizer, AWordThatCannotBeSpelledWholeIsUnknown) {
  const Tokenized tokenized;
  EXPECT_EQ(tokenized("the catx mat"), "the [UNK] mat");
  EXPECT_TRUE(tokenized.tokenizer().has_unknown("the catx mat"));
  EXPECT_FALSE(tokenized.tokenizer().has_unknown("the mat"));
}

TEST(Tokenizer, NormalisesAsBertDoes) {
  const Tokenized tokenized;
  EXPECT_EQ(tokenized("The CAT."), "the cat .");
  EXPECT_EQ(tokenized("Café cafe\u0301"), "cafe cafe");
  EXPECT_EQ(tokenized("the\u00a0cat\u3000sat\tmat\r\non"), "the cat sat mat on");
  EXPECT_EQ(tokenized("c\u200bat c\u00adat"), "cat cat");
  EXPECT_EQ(tokenized(std::string_view("c\0at", 4)), "cat");
  EXPECT_EQ(tokenized("the日cat"), "the 日 cat");
  EXPECT_EQ(tokenized("cat,sat"), "cat , sat");
}

TEST(Tokenizer, ObeysTheSwitchesOfItsFile) {
  EXPECT_EQ(Tokenized(R"("lowercase":false)")("The the"), "[UNK] the");
  EXPECT_EQ(Tokenized(R"("lowercase":true,"strip_accents":false)")("café"), "[UNK]");
  EXPECT_EQ(Tokenized(R"("lowercase":true,"handle_chinese_chars":false)")("a日"), "[UNK]");
  EXPECT_EQ(Tokenized(R"("lowercase":true,"clean_text":false)")("c\u200bat"), "[UNK]");
}

TEST(Tokenizer, SpecialTokensMayBeSpelled) {
  const Tokenized tokenized;
  EXPECT_EQ(tokenized("the[SEP]cat"), "the [SEP] cat");
  EXPECT_EQ(tokenized("[sep]"), "[UNK] [UNK] [UNK]");
}

TEST(Tokenizer, AWordOfMoreThanAHundredCharactersIsUnknown) {
  const Tokenized tokenized;
  std::string word = "a";
  for (int i = 1; i < 100; i++) word += 'b';
  EXPECT_FALSE(tokenized.tokenizer().has_unknown(word));
  EXPECT_EQ(tokenized(word + "b"), "[UNK]");
}

TEST(Tokenizer, StopsAtTheLimit) {
  const Tokenized tokenized;
  EXPECT_EQ(tokenized("the cats sat", 2), "the cat");
  EXPECT_EQ(tokenized("the cats sat", 0), "");
  EXPECT_EQ(tokenized.tokenizer().count("the cats sat"), 4u);
}

TEST(Tokenizer, BytesThatAreNotUtf8AreDropped) {
  const Tokenized tokenized;
  for (const std::string_view bad :
       {"\xff", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xc0\xaf", "\xf0\x9f\x98"})
    EXPECT_EQ(tokenized("c" + std::string(bad) + "at"), "cat");
}

TEST(Tokenizer, MarksInARowAreReordered) {
  // U+1D165 has class 216, U+16FF0 class 6: neither is removed, and the lower class comes first.
  std::string seen;
  auto sink = [&seen](std::string_view word) { return seen += word, true; };
  const Normalization rules;
  WordSplitter(rules, sink).split("x\U0001d165\U00016ff0");
  EXPECT_EQ(seen, "x\U00016ff0\U0001d165");
}

TEST(TokenizerFile, SaysWhichFieldIsOfAnotherKind) {
  const auto complaint = [](std::string json) {
    const auto read = read_tokenizer(json);
    return read ? "none" : read.error().message;
  };
  EXPECT_EQ(complaint("{}"), "tokenizer.json: `normalizer` must be an object");
  std::string json = TinyModel::tokenizer();
  json.replace(json.find("BertNormalizer"), 14, "NFKC");
  EXPECT_EQ(complaint(json),
            "tokenizer.json: `normalizer`: `type` must be BertNormalizer, not NFKC");
  json = TinyModel::tokenizer();
  json.replace(json.find("\"vocab\""), 0, "\"type\":\"Unigram\",");
  EXPECT_EQ(complaint(json), "tokenizer.json: `model`: `type` must be WordPiece, not Unigram");
  json = TinyModel::tokenizer();
  json.replace(json.find("[SEP]"), 5, "[END]");
  json.replace(json.find("[SEP]"), 5, "[END]");
  EXPECT_EQ(complaint(json), "tokenizer.json: the vocabulary lacks [SEP]");
  EXPECT_NE(complaint("{").find("is not valid"), std::string::npos);
}

}  // namespace
}  // namespace sluice::embed
