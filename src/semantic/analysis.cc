#include "semantic/analysis.h"

#include <algorithm>
#include <array>
#include <functional>

#include "semantic/numbers.h"
#include "semantic/scan.h"
#include "semantic/typo.h"

namespace sluice::semantic {
namespace {

constexpr float weight_of_number = 0.8f, weight_of_ordinal = 0.6f, weight_of_symbol = 0.5f;
constexpr float weight_of_weak = 0.15f;

// From what a frequent noun carries to what a name does.
float weight_of(const Word& word) {
  if (word.has(function_word)) return 0;
  if (word.has(weak_word)) return weight_of_weak;
  const float rarity = std::clamp(static_cast<float>(word.rarity) - 3, 0.f, 10.f);
  return 0.25f + 0.075f * rarity;
}

struct QuestionWord {
  std::string_view text;
  std::uint16_t asked;
};
constexpr std::array question_words{
    QuestionWord{"what", asks_what},        QuestionWord{"which", asks_what},
    QuestionWord{"how", asks_what},         QuestionWord{"howto", asks_what},
    QuestionWord{"who", asks_who},          QuestionWord{"whom", asks_who},
    QuestionWord{"whose", asks_who},        QuestionWord{"when", asks_when},
    QuestionWord{"where", asks_where},      QuestionWord{"why", asks_why},
    QuestionWord{"howmany", asks_how_many}, QuestionWord{"howmuch", asks_how_many},
    QuestionWord{"howlong", asks_how_long}, QuestionWord{"howold", asks_how_old},
    QuestionWord{"howfar", asks_how_far},   QuestionWord{"howoften", asks_how_often},
};
// What a question with "what" or "which" asks for when it has this word.
constexpr auto asked_nouns = std::to_array<QuestionWord>({
    {"time", asks_when | asks_how_long},
    {"day", asks_when},
    {"date", asks_when},
    {"year", asks_when},
    {"deadline", asks_when},
    {"place", asks_where},
    {"location", asks_where},
    {"city", asks_where},
    {"country", asks_where},
    {"address", asks_where},
    {"person", asks_who},
    {"reason", asks_why},
    {"age", asks_how_old},
    {"distance", asks_how_far},
    {"number", asks_how_many},
    {"amount", asks_how_many},
    {"quantity", asks_how_many},
    {"price", asks_how_many},
    {"cost", asks_how_many},
    {"fee", asks_how_many},
    {"salary", asks_how_many},
    {"income", asks_how_many},
    {"balance", asks_how_many},
    {"population", asks_how_many},
    {"weight", asks_how_many},
    {"total", asks_how_many},
    {"tax", asks_how_many},
    {"bill", asks_how_many},
    {"rate", asks_how_many | asks_how_often},
    {"limit", asks_how_many},
    {"rent", asks_how_many},
    {"frequency", asks_how_often},
    {"period", asks_how_long},
    {"lifespan", asks_how_long},
    {"life", asks_how_long},
    {"dose", asks_how_many},
    {"hour", asks_when},
    {"case", asks_when},
    {"birthplace", asks_where},
    {"resource", asks_where},
    {"website", asks_where},
    {"store", asks_where},
    {"shop", asks_where},
    {"team", asks_who},
    {"player", asks_who},
    {"people", asks_who},
    {"author", asks_who},
    {"writer", asks_who},
    {"actor", asks_who},
    {"singer", asks_who},
    {"artist", asks_who},
    {"president", asks_who},
    {"leader", asks_who},
    {"company", asks_who},
    {"name", asks_who},
    {"length", asks_how_long},
    {"duration", asks_how_long},
});
// A question word further on belongs to a clause ("remind me when …").
constexpr std::size_t last_place_of_question_word = 3;

// Whether a word of a phrase stands here, perhaps misspelled ("posible").
bool reads_as(std::string_view text, const Token& token) {
  if (token.quoted) return false;
  if (token.text == text) return true;
  constexpr std::size_t shortest = 5;
  return token.text.size() >= shortest && text.size() >= shortest && token.text[0] == text[0] &&
         is_misspelling(token.text, Standing::unknown, text, Standing::frequent) &&
         find_word(token.text) == nullptr;
}

// Whether the words that never need a capital have one. Without any such word, all that are there.
bool is_title(const std::vector<Token>& tokens) {
  int plain = 0, plain_capitals = 0, words = 0, capitals = 0;
  for (std::size_t i = 1; i < tokens.size(); i++) {
    if (tokens[i].type != TokenType::word || tokens[i].text == "i") continue;
    const bool has_capital = tokens[i].capital;
    words++;
    capitals += has_capital;
    if ((languages_of(tokens[i].text) & 1) == 0) continue;
    plain++;
    plain_capitals += has_capital;
  }
  return plain > 0 ? plain_capitals * 2 > plain : words > 2 && capitals == words;
}

}  // namespace

Analysis::Analysis(std::string_view text) : folded_(fold(text)) {
  tokens_ = scan(folded_, kept_, max_tokens + 1);
  cut_ = tokens_.size() > max_tokens;
  find_language();
  mark_capitals();
  apply_phrases();
  look_up();
  read_numbers(tokens_, kept_);
  mark_kinds();
  weigh();
  find_asked();
}

// At the beginning of a sentence, and in a text of capitals, a capital says nothing.
void Analysis::mark_capitals() {
  const bool says_nothing = is_title(tokens_);
  const std::string_view lower = folded_.lower;
  for (Token& token : tokens_) {
    const std::less before_in_memory;
    const bool stands_here = !before_in_memory(token.text.data(), lower.data()) &&
                             before_in_memory(token.text.data(), lower.data() + lower.size());
    if (!token.capital || says_nothing || !stands_here) {
      token.capital = false;
      continue;
    }
    const auto offset = static_cast<std::size_t>(token.text.data() - lower.data());
    const std::size_t before = lower.substr(0, offset).find_last_not_of(" \t\n\r\"'(");
    if (before == std::string_view::npos || std::string_view(".?!:").contains(lower[before]))
      token.capital = false;
  }
}

void Analysis::apply_phrases() {
  for (std::size_t at = 0; at < tokens_.size();) {
    if (!apply_phrase_at(at)) at++;
  }
}

// Returns whether the token at `at` is another one now, to be looked at again.
bool Analysis::apply_phrase_at(std::size_t at) {
  if (tokens_[at].type != TokenType::word || tokens_[at].quoted) return false;
  for (const Phrase& phrase : phrases_from(tokens_[at].text)) {
    const std::size_t size = phrase.from.size();
    if (size > tokens_.size() - at || (phrase.at_start && at > 0)) continue;
    const auto first = tokens_.begin() + static_cast<std::ptrdiff_t>(at);
    const bool fits = std::equal(phrase.from.begin(), phrase.from.end(), first, reads_as);
    if (!fits) continue;
    const Token like = *first;
    const auto rest = tokens_.erase(first, first + static_cast<std::ptrdiff_t>(size));
    std::vector<Token> said;
    for (const std::string_view word : phrase.to) {
      said.push_back(like);
      said.back().text = said.back().canonical = word;
      said.back().type = TokenType::word;
    }
    tokens_.insert(rest, said.begin(), said.end());
    return phrase.to.empty() && at < tokens_.size();
  }
  return false;
}

void Analysis::look_up() {
  for (Token& token : tokens_) {
    if (token.type != TokenType::word) continue;
    token.word = find_word(token.text);
    if (token.word != nullptr) {
      token.canonical = token.word->canonical;
      token.kind = token.word->kind;
    } else if (token.text.size() > 4 && token.text.ends_with('s') && !token.text.ends_with("ss") &&
               !token.text.ends_with("us")) {
      token.canonical = token.text.substr(0, token.text.size() - 1);
    }
  }
}

bool Analysis::beside_month(std::size_t at) const {
  static const std::uint16_t month = find_word("january")->kind;
  const auto is_month = [&](std::size_t i) {
    return i < tokens_.size() && tokens_[i].kind == month;
  };
  const bool of = at + 1 < tokens_.size() && tokens_[at + 1].text == "of";
  return (at > 0 && is_month(at - 1)) || is_month(at + 1) || (of && is_month(at + 2));
}

// "may" is a month only where one can stand; "US" is a country, "us" is not.
void Analysis::mark_kinds() {
  constexpr std::array before_month{"in",    "of", "next",   "last", "this",  "since",
                                    "until", "by", "during", "on",   "early", "late"};
  for (std::size_t at = 0; at < tokens_.size(); at++) {
    Token& token = tokens_[at];
    if (token.text == "us" && token.capital) {
      token.word = find_word("usa");
      token.canonical = token.word->canonical;
      token.kind = token.word->kind;
    }
    // "may 2nd", "2nd of may": a day is a number with or without its ending.
    if (token.type == TokenType::ordinal && beside_month(at)) {
      token.type = TokenType::number;
      token.canonical = token.canonical.substr(0, token.canonical.size() - 2);
    }
    if (token.text != "may") continue;
    const bool after =
        at > 0 && (tokens_[at - 1].type != TokenType::word ||
                   std::ranges::find(before_month, tokens_[at - 1].text) != before_month.end());
    const bool before = at + 1 < tokens_.size() && (tokens_[at + 1].type == TokenType::number ||
                                                    tokens_[at + 1].type == TokenType::ordinal);
    if (!after && !before) token.kind = 0;
  }
}

void Analysis::weigh() {
  for (Token& token : tokens_) {
    switch (token.type) {
      case TokenType::number: token.weight = weight_of_number; break;
      case TokenType::ordinal: token.weight = weight_of_ordinal; break;
      case TokenType::symbol: token.weight = weight_of_symbol; break;
      case TokenType::literal:
      case TokenType::foreign: token.weight = 1; break;
      case TokenType::word: token.weight = token.word == nullptr ? 1 : weight_of(*token.word);
    }
    if (token.text == "'s") token.weight = 0;
    // "hepatitis A", "vitamin A"
    if (token.text == "a" && token.capital) token.weight = 1;
    if (token.kind != 0 && token.weight < weight_of_ordinal && token.canonical != "he" &&
        token.canonical != "she")
      token.weight = weight_of_ordinal;
    content_ += token.weight;
  }
}

void Analysis::find_asked() {
  for (std::size_t at = 0; at < std::min(tokens_.size(), last_place_of_question_word + 1); at++) {
    const auto row = std::ranges::find(question_words, tokens_[at].text, &QuestionWord::text);
    if (row == question_words.end()) continue;
    asked_ = row->asked;
    // "How much is 3 % of 80?" asks what it is.
    const bool calculates =
        asked_ == asks_how_many &&
        std::ranges::find(tokens_, TokenType::number, &Token::type) != tokens_.end();
    if (calculates) asked_ |= asks_what;
    if (asked_ != asks_what) return;
    for (const Token& token : tokens_) {
      const auto noun = std::ranges::find(asked_nouns, token.canonical, &QuestionWord::text);
      if (noun != asked_nouns.end()) asked_ |= noun->asked;
    }
    return;
  }
}

// Short function words belong to several languages, so what English knows is English.
void Analysis::find_language() {
  constexpr double english_share = 0.7;
  std::array<int, language_letters.size()> counts{};
  int words = 0, english = 0;
  for (const Token& token : tokens_) {
    if (token.type != TokenType::word) continue;
    words++;
    const Word* word = find_word(token.text);
    english += word != nullptr && (word->has(common) || word->has(function_word));
    const std::uint8_t languages = languages_of(token.text);
    for (std::size_t i = 0; i < counts.size(); i++) counts[i] += languages >> i & 1;
  }
  if (words > 0 && english >= english_share * words) {
    language_ = language_letters[0];
    return;
  }
  const auto most = std::ranges::max_element(counts);
  const bool clear = *most >= 2 && std::ranges::count(counts, *most) == 1;
  if (clear) language_ = language_letters[static_cast<std::size_t>(most - counts.begin())];
}

}  // namespace sluice::semantic
