// How the words of a question stand to each other.
#include <algorithm>
#include <array>

#include "semantic/persons.h"
#include "semantic/veto.h"

namespace sluice::semantic {
namespace {

// What can play a part: content, and persons ("may I call you", "may you call me").
// Numbers have a veto of their own.
bool is_part(const Token& token) {
  const bool number = token.type == TokenType::number || token.type == TokenType::ordinal;
  return (token.weight > 0 && !number) || is_person(token);
}

bool is_marker(const Token& token) { return token.word != nullptr && token.word->has(marker); }

struct Place {
  std::size_t in_a, in_b;
};

// The matched words that a role can hang on, in the order of A.
std::vector<Place> places_of(const Pair& pair) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < pair.a.tokens().size(); i++) {
    const Partner partner = pair.alignment.of_a[i];
    if (partner.match == Match::none) continue;
    if (is_part(pair.token_a(i)) || is_marker(pair.token_a(i)))
      places.push_back({i, static_cast<std::size_t>(partner.index)});
  }
  return places;
}

bool any_between(const std::vector<Token>& tokens, std::size_t first, std::size_t last, auto fits) {
  const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(first) + 1;
  return std::any_of(begin, tokens.begin() + static_cast<std::ptrdiff_t>(last), fits);
}

bool has_marker(const Token& token) { return is_marker(token) || token.text == "'s"; }

// "A and B", "A or B", "A vs B": the two may change places.
bool joins_equals(const Token& token) {
  return token.canonical == "and" || token.canonical == "or" || token.canonical == "versus";
}

// x … y in A, y … x in B, with the same word between them in both. A compound is not a change of
// roles: "status of the card", "card status".
bool change_roles(const Pair& pair, Place x, Place y) {
  const auto& a = pair.a.tokens();
  const auto& b = pair.b.tokens();
  if (any_between(a, x.in_a, y.in_a, joins_equals) && any_between(b, y.in_b, x.in_b, joins_equals))
    return false;
  return any_between(a, x.in_a, y.in_a, has_marker) == any_between(b, y.in_b, x.in_b, has_marker);
}

// Question words and auxiliaries.
bool opens_question(const Token& token) {
  constexpr auto words = std::to_array<std::string_view>(
      {"what", "which", "who", "when", "where", "why", "how", "will", "would", "should", "can",
       "could", "is", "are", "was", "were", "do", "does", "did"});
  return std::ranges::find(words, token.text) != words.end();
}

// The places of the tokens that carry content.
std::vector<std::size_t> content_of(const std::vector<Token>& tokens) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < tokens.size(); i++) {
    if (tokens[i].weight > 0) places.push_back(i);
  }
  return places;
}

// "get" and "way" may stand for many words, "leather" only for itself.
bool is_telling(const Token& token) { return token.weight > 0.2f; }

// The content of both questions, word after word, for the search of what one has instead of the
// other's.
class Replacements {
 public:
  explicit Replacements(const Pair& pair)
      : pair_(pair), a_(content_of(pair.a.tokens())), b_(content_of(pair.b.tokens())) {}

  Verdict first() const {
    for (std::size_t begin = 0; begin < a_.size(); begin++) {
      if (!pair_.unmatched_a(a_[begin])) continue;
      std::size_t end = begin;
      while (end < a_.size() && pair_.unmatched_a(a_[end])) end++;
      if (Verdict verdict = differs(begin, end)) return verdict;
      begin = end;
    }
    return {};
  }

 private:
  static constexpr std::ptrdiff_t nowhere = -2;

  // Where the partner of the content at `at` in A is in the content of B.
  std::ptrdiff_t across(std::size_t at) const {
    const Partner partner = pair_.alignment.of_a[a_[at]];
    const auto found = std::ranges::find(b_, static_cast<std::size_t>(partner.index));
    return found == b_.end() ? nowhere : found - b_.begin();
  }

  // Whether B has as many words of its own between the same two as A has from `begin` to `end`, and
  // one of them is another.
  Verdict differs(std::size_t begin, std::size_t end) const {
    const std::ptrdiff_t before = begin == 0 ? -1 : across(begin - 1);
    const std::ptrdiff_t after =
        end == a_.size() ? static_cast<std::ptrdiff_t>(b_.size()) : across(end);
    if (before == nowhere || after - before - 1 != static_cast<std::ptrdiff_t>(end - begin))
      return {};
    const auto first = static_cast<std::size_t>(before + 1);
    for (std::size_t i = 0; i < end - begin; i++) {
      if (!pair_.unmatched_b(b_[first + i])) return {};
    }
    for (std::size_t i = 0; i < end - begin; i++) {
      const Token& ours = pair_.token_a(a_[begin + i]);
      const Token& theirs = pair_.token_b(b_[first + i]);
      if (is_telling(ours) && is_telling(theirs))
        return Difference{"another word in the same place",
                          std::string(ours.text) + " / " + std::string(theirs.text)};
    }
    return {};
  }

  const Pair& pair_;
  std::vector<std::size_t> a_, b_;
};

}  // namespace

Verdict role_differs(const Pair& pair) {
  std::vector<Place> places = places_of(pair);
  if (std::ranges::is_sorted(places, {}, &Place::in_b)) return {};
  // The search below is cubic, and what stands further on is no plain relation of two things.
  constexpr std::size_t most_places = 40;
  if (places.size() > most_places) places.resize(most_places);
  for (std::size_t x = 0; x < places.size(); x++) {
    if (!is_part(pair.token_a(places[x].in_a))) continue;
    for (std::size_t middle = x + 1; middle < places.size(); middle++) {
      if (places[middle].in_b >= places[x].in_b) continue;
      for (std::size_t y = middle + 1; y < places.size(); y++) {
        if (places[y].in_b >= places[middle].in_b || !is_part(pair.token_a(places[y].in_a)) ||
            !change_roles(pair, places[x], places[y]))
          continue;
        return Difference{"the same words in other roles",
                          std::string(pair.token_a(places[x].in_a).text) + " / " +
                              std::string(pair.token_a(places[y].in_a).text)};
      }
    }
  }
  return {};
}

// One question asks for much more than the other.
Verdict length_differs(const Pair& pair) {
  constexpr float least_ratio = 0.4f;
  const float a = pair.a.content(), b = pair.b.content();
  if (std::min(a, b) >= least_ratio * std::max(a, b) || std::max(a, b) < 1) return {};
  return Difference{"one question says much more than the other", {}};
}

// A question word or the like in one question where the other has content, between the same words.
Verdict place_differs(const Pair& pair) {
  const auto& a = pair.a.tokens();
  const auto& b = pair.b.tokens();
  const auto partner = [&](std::size_t i) {
    return i < a.size() ? pair.alignment.of_a[i].index : static_cast<std::int16_t>(b.size());
  };
  for (std::size_t i = 1; i < a.size(); i++) {
    if (!pair.unmatched_a(i) || pair.unmatched_a(i - 1)) continue;
    const auto j = static_cast<std::size_t>(partner(i - 1)) + 1;
    if (j >= b.size() || !pair.unmatched_b(j) || partner(i + 1) != static_cast<std::int16_t>(j + 1))
      continue;
    constexpr float content = 0.4f;
    const float lighter = std::min(a[i].weight, b[j].weight);
    const float heavier = std::max(a[i].weight, b[j].weight);
    if (lighter == 0 && heavier >= content && (opens_question(a[i]) || opens_question(b[j])))
      return Difference{"another word in the same place",
                        std::string(a[i].text) + " / " + std::string(b[j].text)};
  }
  return {};
}

Verdict replacement_differs(const Pair& pair) { return Replacements(pair).first(); }

}  // namespace sluice::semantic
