#pragma once
// A question taken apart for the comparison.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "semantic/fold.h"
#include "semantic/lexicon.h"

namespace sluice::semantic {

enum class TokenType : std::uint8_t {
  word,
  number,   // canonical is its value
  ordinal,  // canonical is "3rd"
  literal,  // a URL, path, address, identifier or piece of code; only the very same matches
  symbol,   // an operator
  foreign,  // a word or sign of a script that the encoder does not know
};

struct Token {
  TokenType type = TokenType::word;
  std::string_view text;       // folded, lower case
  std::string_view canonical;  // tokens of one type with equal canonicals mean the same
  const Word* word = nullptr;  // nullptr: not in the lexicon
  float weight = 0;            // share in the content, 0 (function words) to 1
  std::uint32_t accents = 0;   // hash of the accents that folding removed
  std::uint16_t kind = 0;      // of Word::kind, where the context allows it
  bool capital = false;        // written with one where a common word has none
  bool quoted = false;
  bool joined = false;  // follows the token before without a space
};

// What is asked for, as a set: "what time" asks what and when. Empty without a question word.
enum Asked : std::uint16_t {
  asks_what = 1,  // which, how to, …: whatever the other words say
  asks_who = 2,
  asks_when = 4,
  asks_where = 8,
  asks_why = 16,
  asks_how_many = 32,
  asks_how_long = 64,
  asks_how_old = 128,
  asks_how_far = 256,
  asks_how_often = 512,
};

// Bounds the work: longer texts are only compared as a whole.
constexpr std::size_t max_tokens = 256;

// Made in place, since its tokens point into it.
class Analysis {
 public:
  explicit Analysis(std::string_view text);
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  const std::vector<Token>& tokens() const { return tokens_; }
  std::uint16_t asked() const { return asked_; }  // bits of Asked
  // A letter for the language that most of the function words belong to ('e' English, …), 0 when
  // there are too few to say.
  char language() const { return language_; }
  // The text has more than max_tokens; tokens() holds the first of them.
  bool cut() const { return cut_; }
  // Of the content, in the sum of the weights.
  float content() const { return content_; }

 private:
  void apply_phrases();
  bool apply_phrase_at(std::size_t at);
  void look_up();
  void mark_capitals();
  void mark_kinds();
  bool beside_month(std::size_t at) const;
  void weigh();
  void find_asked();
  void find_language();

  Folded folded_;
  std::deque<std::string> kept_;  // canonicals that stand nowhere else
  std::vector<Token> tokens_;
  std::uint16_t asked_ = 0;
  char language_ = 0;
  bool cut_ = false;
  float content_ = 0;
};

}  // namespace sluice::semantic
