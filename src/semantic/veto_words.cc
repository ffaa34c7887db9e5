// Negation, opposites, and kinds of which only one can be meant.
#include <algorithm>

#include "semantic/veto.h"
#include "semantic/word_forms.h"

namespace sluice::semantic {
namespace {

bool negates(const Token& token) {
  return token.type == TokenType::word && token.word != nullptr && token.word->has(negator) &&
         !token.quoted;
}

// The negations of `text`, "wtihout" among them where the other question has "without".
std::vector<std::size_t> negations(const Analysis& text, const std::vector<Partner>& partners,
                                   const Analysis& other) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < text.tokens().size(); i++) {
    const auto [index, match] = partners[i];
    const bool misspelled =
        match == Match::misspelled && negates(other.tokens()[static_cast<std::size_t>(index)]);
    if (misspelled || negates(text.tokens()[i])) places.push_back(i);
  }
  return places;
}

// The place of the content that a negation applies to: what follows it; -1 when nothing does.
std::ptrdiff_t negated(const std::vector<Token>& tokens, std::size_t negation) {
  const auto content =
      std::find_if(tokens.begin() + static_cast<std::ptrdiff_t>(negation) + 1, tokens.end(),
                   [](const Token& token) { return token.weight > 0.2f; });
  return content == tokens.end() ? -1 : content - tokens.begin();
}

// Both questions negate once, but not the same: "eat meat but not fish", "eat fish but not meat".
bool negate_another(const Pair& pair, std::size_t in_a, std::size_t in_b) {
  const auto i = negated(pair.a.tokens(), in_a), j = negated(pair.b.tokens(), in_b);
  if (i < 0 || j < 0) return false;
  const Partner of_i = pair.alignment.of_a[static_cast<std::size_t>(i)];
  const Partner of_j = pair.alignment.of_b[static_cast<std::size_t>(j)];
  return of_i.match != Match::none && of_j.match != Match::none && of_i.index != j;
}

// "loudly" and "softly" are as opposite as "loud" and "soft".
const Word* stem_of(std::string_view word, std::string_view ending) {
  if (!word.ends_with(ending) || word.size() < ending.size() + 3) return nullptr;
  std::string stem(word.substr(0, word.size() - ending.size()));
  if (stem.ends_with('i')) stem.back() = 'y';
  return find_word(stem);
}

bool have_opposite_stems(std::string_view a, std::string_view b) {
  for (const std::string_view ending : {"ly", "ness"}) {
    const Word* stem_a = stem_of(a, ending);
    const Word* stem_b = stem_of(b, ending);
    if (stem_a != nullptr && stem_b != nullptr && are_opposites(*stem_a, *stem_b)) return true;
  }
  return false;
}

bool are_opposed(const Token& a, const Token& b) {
  if (a.type != TokenType::word || b.type != TokenType::word) return false;
  if (a.word != nullptr && b.word != nullptr && are_opposites(*a.word, *b.word)) return true;
  return have_opposite_stems(a.canonical, b.canonical) || is_other_form(a.canonical, b.canonical);
}

}  // namespace

Verdict negation_differs(const Pair& pair) {
  const auto in_a = negations(pair.a, pair.alignment.of_a, pair.b);
  const auto in_b = negations(pair.b, pair.alignment.of_b, pair.a);
  if (in_a.size() != in_b.size()) return Difference{"negation differs", {}};
  if (in_a.size() == 1 && negate_another(pair, in_a[0], in_b[0]))
    return Difference{"negation applies to another word", {}};
  return {};
}

Verdict opposite_differs(const Pair& pair) {
  for (std::size_t i = 0; i < pair.a.tokens().size(); i++) {
    if (pair.alignment.of_a[i].match == Match::exact) continue;
    for (std::size_t j = 0; j < pair.b.tokens().size(); j++) {
      if (pair.alignment.of_b[j].match == Match::exact ||
          pair.alignment.of_a[i].index == static_cast<std::int16_t>(j) ||
          !are_opposed(pair.token_a(i), pair.token_b(j)))
        continue;
      return Difference{"opposite words", std::string(pair.token_a(i).text) + " / " +
                                              std::string(pair.token_b(j).text)};
    }
  }
  return {};
}

Verdict kind_differs(const Pair& pair) {
  Verdict verdict;
  pair.each_unmatched([&](const Token& token, const Analysis& other, bool is_a) {
    if (token.kind == 0 || verdict) return;
    const auto& partners = is_a ? pair.alignment.of_b : pair.alignment.of_a;
    for (std::size_t i = 0; i < other.tokens().size(); i++) {
      if (partners[i].match == Match::none && other.tokens()[i].kind == token.kind) {
        verdict = Difference{"two of a kind", std::string(kind_name(token.kind)) + ": " +
                                                  std::string(token.text) + " / " +
                                                  std::string(other.tokens()[i].text)};
        return;
      }
    }
    if (kind_narrows(token.kind))
      verdict = Difference{"only one question names a place, time, language or the like",
                           std::string(token.text)};
  });
  return verdict;
}

}  // namespace sluice::semantic
