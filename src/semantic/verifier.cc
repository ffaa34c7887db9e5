#include "semantic/verifier.h"

#include <algorithm>
#include <cmath>

namespace sluice::semantic {
namespace {

double weight_alone(const std::vector<Token>& tokens, const std::vector<Partner>& partners) {
  double alone = 0;
  for (std::size_t i = 0; i < tokens.size(); i++) {
    if (partners[i].match == Match::none) alone += static_cast<double>(tokens[i].weight);
  }
  return alone;
}

}  // namespace

Features features_of(const Pair& pair, double similarity) {
  const double a = weight_alone(pair.a.tokens(), pair.alignment.of_a);
  const double b = weight_alone(pair.b.tokens(), pair.alignment.of_b);
  return {.similarity = similarity, .replaced = std::min(a, b), .added = std::abs(a - b)};
}

double probability(const Features& features) {
  // What goes beyond says no more than "much".
  constexpr double most_replaced = 1.5, most_added = 2;
  const double logit = 3.76 + 12.2 * (features.similarity - 0.85) -
                       0.68 * std::min(features.replaced, most_replaced) -
                       0.26 * std::min(features.added, most_added);
  return 1 / (1 + std::exp(-logit));
}

}  // namespace sluice::semantic
