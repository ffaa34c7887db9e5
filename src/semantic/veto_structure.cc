// How the words of a question stand to each other.
#include <algorithm>
#include <array>

#include "semantic/veto.h"

namespace sluice::semantic {
namespace {

bool is_person(const Token& token) {
  constexpr auto persons = std::to_array<std::string_view>({"i", "you", "he", "she", "we", "they"});
  return std::ranges::find(persons, token.canonical) != persons.end();
}

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

// Whether the same word follows `in_a` in one question and `in_b` in the other.
bool bound_alike(const Pair& pair, std::string_view in_a, std::string_view in_b) {
  const auto& a = pair.a.tokens();
  const auto& b = pair.b.tokens();
  for (std::size_t i = 0; i + 1 < a.size(); i++) {
    if (a[i].text != in_a) continue;
    const Partner partner = pair.alignment.of_a[i + 1];
    const auto j = static_cast<std::size_t>(partner.index);
    if (partner.match != Match::none && j > 0 && b[j - 1].text == in_b) return true;
  }
  return false;
}

bool has_word(const Analysis& text, std::string_view word) {
  return std::ranges::any_of(text.tokens(), [&](const Token& token) { return token.text == word; });
}

enum class Tense { present, past, future };

Tense tense_of(const Analysis& text) {
  constexpr auto past = std::to_array<std::string_view>({"was", "were", "did", "had", "used"});
  for (const Token& token : text.tokens()) {
    if (std::ranges::find(past, token.text) != past.end()) return Tense::past;
    if (token.text == "will" || token.text == "shall") return Tense::future;
  }
  return Tense::present;
}

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

Verdict asked_differs(const Pair& pair) {
  const auto a = pair.a.asked(), b = pair.b.asked();
  if (a == 0 || b == 0 || (a & b) != 0) return {};
  return Difference{"another kind of question", {}};
}

// In "how do I …" and "how do you …" they mean anybody.
Verdict person_differs(const Pair& pair) {
  if (has_word(pair.a, "howto") && has_word(pair.b, "howto")) return {};
  constexpr std::array<std::array<std::string_view, 2>, 2> persons{{{"my", "your"}, {"i", "you"}}};
  for (const auto& [first, second] : persons) {
    const bool changed = (has_word(pair.a, first) && has_word(pair.b, second) &&
                          !has_word(pair.a, second) && !has_word(pair.b, first)) ||
                         (has_word(pair.a, second) && has_word(pair.b, first) &&
                          !has_word(pair.a, first) && !has_word(pair.b, second));
    if (changed && (bound_alike(pair, first, second) || bound_alike(pair, second, first)))
      return Difference{"another person is asked about", {}};
  }
  return {};
}

// What was and what will be; for persons also what is, as offices change hands.
Verdict tense_differs(const Pair& pair) {
  const Tense a = tense_of(pair.a), b = tense_of(pair.b);
  if (a == b) return {};
  const bool far = a != Tense::present && b != Tense::present;
  const bool who = (pair.a.asked() & pair.b.asked() & asks_who) != 0;
  if (!far && !who) return {};
  return Difference{"another time is asked about", {}};
}

// One question asks for much more than the other.
Verdict length_differs(const Pair& pair) {
  constexpr float least_ratio = 0.4f;
  const float a = pair.a.content(), b = pair.b.content();
  if (std::min(a, b) >= least_ratio * std::max(a, b) || std::max(a, b) < 1) return {};
  return Difference{"one question says much more than the other", {}};
}

}  // namespace sluice::semantic
