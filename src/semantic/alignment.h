#pragma once
// Which words of one question stand for which of the other.
#include <cstdint>
#include <vector>

#include "semantic/analysis.h"

namespace sluice::semantic {

enum class Match : std::uint8_t {
  none,
  exact,
  misspelled,  // one is likely a misspelling of the other
  joined,      // "web site", "website"
  synonym,
  related,  // the same stem: "invest", "investment"
};

struct Partner {
  std::int16_t index = -1;  // of the token on the other side
  Match match = Match::none;
};

struct Alignment {
  std::vector<Partner> of_a, of_b;  // one for each token
};

Alignment align(const Analysis& a, const Analysis& b);

// The two questions and who stands for whom, as the vetoes and the verifier read them.
struct Pair {
  const Analysis& a;
  const Analysis& b;
  const Alignment& alignment;

  const Token& token_a(std::size_t i) const { return a.tokens()[i]; }
  const Token& token_b(std::size_t i) const { return b.tokens()[i]; }
  bool unmatched_a(std::size_t i) const { return alignment.of_a[i].match == Match::none; }
  bool unmatched_b(std::size_t i) const { return alignment.of_b[i].match == Match::none; }
  // Calls `visit(token, other side's analysis, is_a)` for each token without a partner.
  template <class Visit>
  void each_unmatched(Visit visit) const {
    for (std::size_t i = 0; i < a.tokens().size(); i++)
      if (unmatched_a(i)) visit(token_a(i), b, true);
    for (std::size_t i = 0; i < b.tokens().size(); i++)
      if (unmatched_b(i)) visit(token_b(i), a, false);
  }
};

}  // namespace sluice::semantic
