// Numbers, units and operators.
#include <algorithm>

#include "semantic/veto.h"

namespace sluice::semantic {
namespace {

bool is_number(const Token& token) {
  return token.type == TokenType::number || token.type == TokenType::ordinal;
}

// The canonical of the neighbour that a number belongs to, over function words: what follows it,
// and at the end of the text what stands before it.
std::string_view neighbour(const Analysis& text, std::size_t at, int step) {
  const auto& tokens = text.tokens();
  for (auto i = static_cast<std::ptrdiff_t>(at) + step;
       i >= 0 && i < static_cast<std::ptrdiff_t>(tokens.size()); i += step) {
    const Token& token = tokens[static_cast<std::size_t>(i)];
    if (is_number(token)) return {};
    if (token.weight > 0 || (token.word != nullptr && token.word->has(marker)))
      return token.canonical;
  }
  return {};
}

struct Place {
  std::size_t in_a, in_b;
};

// Whether the word beside the number, which is none beside `other`, stands beside it in both.
bool belongs_alike(const Pair& pair, Place place, Place other) {
  const auto alike = [&](int step) {
    const auto beside = neighbour(pair.a, place.in_a, step);
    return !beside.empty() && beside == neighbour(pair.b, place.in_b, step) &&
           beside != neighbour(pair.a, other.in_a, step);
  };
  return alike(1) || alike(-1);
}

// Numbers that changed their order must each stand beside the same word as before.
Verdict order_differs(const Pair& pair) {
  std::vector<Place> numbers;
  for (std::size_t i = 0; i < pair.a.tokens().size(); i++) {
    if (is_number(pair.token_a(i)) && !pair.unmatched_a(i))
      numbers.push_back({i, static_cast<std::size_t>(pair.alignment.of_a[i].index)});
  }
  for (std::size_t x = 0; x < numbers.size(); x++) {
    for (std::size_t y = x + 1; y < numbers.size(); y++) {
      if (numbers[x].in_b < numbers[y].in_b) continue;
      if (!belongs_alike(pair, numbers[x], numbers[y]) ||
          !belongs_alike(pair, numbers[y], numbers[x]))
        return Difference{"numbers stand in another order",
                          std::string(pair.token_a(numbers[x].in_a).text)};
    }
  }
  return {};
}

bool beside_number(const Analysis& text, const Token& token) {
  const auto& tokens = text.tokens();
  const auto at = static_cast<std::size_t>(&token - tokens.data());
  return (at > 0 && is_number(tokens[at - 1])) ||
         (at + 1 < tokens.size() && is_number(tokens[at + 1]));
}

bool is_unit(const Token& token) { return token.word != nullptr && token.word->has(unit); }

// "1200 pesos in rupees", "1200 rupees in pesos".
Verdict unit_of_number_differs(const Pair& pair) {
  const auto& a = pair.a.tokens();
  const auto& b = pair.b.tokens();
  for (std::size_t i = 0; i + 1 < a.size(); i++) {
    if (!is_number(a[i]) || pair.unmatched_a(i)) continue;
    const auto j = static_cast<std::size_t>(pair.alignment.of_a[i].index);
    if (j + 1 < b.size() && is_unit(a[i + 1]) && is_unit(b[j + 1]) &&
        a[i + 1].canonical != b[j + 1].canonical)
      return Difference{"units differ", std::string(a[i + 1].text)};
  }
  return {};
}

}  // namespace

Verdict number_differs(const Pair& pair) {
  Verdict verdict;
  pair.each_unmatched([&](const Token& token, const Analysis&, bool) {
    if (is_number(token) && !verdict)
      verdict = Difference{"numbers differ", std::string(token.text)};
  });
  return verdict ? std::move(verdict) : order_differs(pair);
}

// A unit in only one of the questions matters beside a number; two different ones always do.
Verdict unit_differs(const Pair& pair) {
  int of_a = 0, of_b = 0;
  std::string_view beside, any;
  pair.each_unmatched([&](const Token& token, const Analysis&, bool is_a) {
    if (!is_unit(token)) return;
    (is_a ? of_a : of_b)++;
    any = token.text;
    // "in the year 2016", "in 2016"
    if (token.canonical != "year" && beside_number(is_a ? pair.a : pair.b, token))
      beside = token.text;
  });
  if (beside.empty() && (of_a == 0 || of_b == 0)) return unit_of_number_differs(pair);
  return Difference{"units differ", std::string(beside.empty() ? any : beside)};
}

Verdict operator_differs(const Pair& pair) {
  Verdict verdict;
  std::ptrdiff_t last = -1;
  for (std::size_t i = 0; i < pair.a.tokens().size(); i++) {
    if (pair.token_a(i).type != TokenType::symbol || pair.unmatched_a(i)) continue;
    const std::ptrdiff_t j = pair.alignment.of_a[i].index;
    if (j < last) verdict = Difference{"operators stand in another order", {}};
    last = j;
  }
  pair.each_unmatched([&](const Token& token, const Analysis&, bool) {
    if (token.type == TokenType::symbol)
      verdict = Difference{"operators differ", std::string(token.text)};
  });
  return verdict;
}

}  // namespace sluice::semantic
