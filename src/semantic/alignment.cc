#include "semantic/alignment.h"

#include <algorithm>
#include <tuple>

#include "semantic/typo.h"
#include "semantic/word_forms.h"

namespace sluice::semantic {
namespace {

bool known(const Token& token) { return token.word != nullptr; }

Standing standing_of(const Token& token) {
  constexpr int frequent_to = 12;
  if (token.word == nullptr) return Standing::unknown;
  return token.word->rarity <= frequent_to ? Standing::frequent : Standing::known;
}

// In a text without capitals "us" may be the country.
bool is_us(const Token& a, const Token& b) {
  return a.text == "us" && b.canonical == "united_states";
}

bool same(const Token& a, const Token& b) {
  if (is_us(a, b) || is_us(b, a)) return true;
  if (a.type != b.type || a.canonical != b.canonical) return false;
  return a.accents == b.accents || a.accents == 0 || b.accents == 0;
}

bool misspelled(const Token& a, const Token& b) {
  if (a.type != TokenType::word || b.type != TokenType::word || a.quoted != b.quoted) return false;
  return is_misspelling(a.text, standing_of(a), b.text, standing_of(b)) ||
         is_misspelling(a.canonical, standing_of(a), b.canonical, standing_of(b));
}

bool synonymous(const Token& a, const Token& b) {
  if (!known(a) || !known(b) || a.quoted || b.quoted) return false;
  return are_synonyms(*a.word, *b.word) && !are_opposites(*a.word, *b.word);
}

bool akin(const Token& a, const Token& b) {
  if (!known(a) || !known(b) || a.quoted || b.quoted || a.kind != b.kind) return false;
  return is_derived(a.canonical, b.canonical) && !are_opposites(*a.word, *b.word);
}

class Aligner {
 public:
  Aligner(const Analysis& a, const Analysis& b) : a_(a.tokens()), b_(b.tokens()) {
    out_.of_a.resize(a_.size());
    out_.of_b.resize(b_.size());
  }

  Alignment run() {
    match_all(Match::exact, same);
    match_joined(a_, out_.of_a, b_, out_.of_b);
    match_joined(b_, out_.of_b, a_, out_.of_a);
    // Questions with more words of their own are others anyway.
    constexpr std::ptrdiff_t most_alone = 40;
    if (alone(out_.of_a) <= most_alone && alone(out_.of_b) <= most_alone) {
      match_all(Match::misspelled, misspelled);
      match_all(Match::synonym, synonymous);
      match_all(Match::related, akin);
    }
    match_repeated();
    return std::move(out_);
  }

 private:
  static std::ptrdiff_t alone(const std::vector<Partner>& partners) {
    return std::ranges::count(partners, Match::none, &Partner::match);
  }

  // A word said twice where the other question says it once and nothing else instead.
  void match_repeated() {
    const bool a_repeats = all_matched(b_, out_.of_b), b_repeats = all_matched(a_, out_.of_a);
    if (a_repeats) match_repeated_of(a_, out_.of_a, b_);
    if (b_repeats) match_repeated_of(b_, out_.of_b, a_);
  }
  static bool all_matched(const std::vector<Token>& tokens, const std::vector<Partner>& partners) {
    for (std::size_t i = 0; i < tokens.size(); i++) {
      if (tokens[i].weight > 0 && partners[i].match == Match::none) return false;
    }
    return true;
  }
  static void match_repeated_of(const std::vector<Token>& tokens, std::vector<Partner>& partners,
                                const std::vector<Token>& others) {
    for (std::size_t i = 0; i < tokens.size(); i++) {
      if (partners[i].match != Match::none || tokens[i].type != TokenType::word) continue;
      const auto same_word =
          std::ranges::find_if(others, [&](const Token& other) { return same(tokens[i], other); });
      if (same_word == others.end()) continue;
      partners[i] = {static_cast<std::int16_t>(same_word - others.begin()), Match::exact};
    }
  }

  // The nearest pairs first, so that of two equal words ("from a to a") the right one is taken.
  template <class Fits>
  void match_all(Match match, Fits fits) {
    struct Candidate {
      std::size_t distance, i, j;
    };
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < a_.size(); i++) {
      if (out_.of_a[i].match != Match::none) continue;
      for (std::size_t j = 0; j < b_.size(); j++) {
        if (out_.of_b[j].match == Match::none && fits(a_[i], b_[j]))
          candidates.push_back({i > j ? i - j : j - i, i, j});
      }
    }
    std::ranges::sort(candidates, [](const Candidate& x, const Candidate& y) {
      return std::tie(x.distance, x.i, x.j) < std::tie(y.distance, y.i, y.j);
    });
    for (const auto [distance, i, j] : candidates) {
      if (out_.of_a[i].match != Match::none || out_.of_b[j].match != Match::none) continue;
      out_.of_a[i] = {static_cast<std::int16_t>(j), match};
      out_.of_b[j] = {static_cast<std::int16_t>(i), match};
    }
  }

  using Tokens = std::vector<Token>;
  using Partners = std::vector<Partner>;

  // Two neighbours on one side written together are one word on the other.
  static void match_joined(const Tokens& apart, Partners& of_apart, const Tokens& whole,
                           Partners& of_whole) {
    for (std::size_t i = 0; i + 1 < apart.size(); i++) {
      if (of_apart[i].match != Match::none || of_apart[i + 1].match != Match::none) continue;
      for (std::size_t j = 0; j < whole.size(); j++) {
        if (of_whole[j].match != Match::none || !is_join(apart[i], apart[i + 1], whole[j]))
          continue;
        of_apart[i] = of_apart[i + 1] = {static_cast<std::int16_t>(j), Match::joined};
        of_whole[j] = {static_cast<std::int16_t>(i), Match::joined};
        break;
      }
    }
  }
  static bool is_join(const Token& first, const Token& second, const Token& whole) {
    return first.type == TokenType::word && second.type == TokenType::word &&
           whole.type == TokenType::word && first.text.size() > 1 && second.text.size() > 1 &&
           first.text.size() + second.text.size() == whole.text.size() &&
           whole.text.starts_with(first.text) && whole.text.ends_with(second.text);
  }

  const Tokens& a_;
  const Tokens& b_;
  Alignment out_;
};

}  // namespace

Alignment align(const Analysis& a, const Analysis& b) { return Aligner(a, b).run(); }

}  // namespace sluice::semantic
