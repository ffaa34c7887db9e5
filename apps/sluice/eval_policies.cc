#include "sluice/eval_policies.h"

#include "semantic/compare.h"

namespace sluice::eval {
namespace {

constexpr std::size_t our_candidates = 3;

Policy at_least(std::string name, double threshold) {
  return {std::move(name), 1,
          [=](auto, auto, double similarity) { return similarity >= threshold; }};
}

}  // namespace

std::vector<Policy> policies() {
  return {
      at_least("cosine .80", 0.80),
      at_least("cosine .85", 0.85),
      at_least("cosine .90", 0.90),
      at_least("cosine .95", 0.95),
      // Its default accepts where 4 - d² ≥ 0.8 * 4 for the distance d of unit vectors: d² = 2 -
      // 2cos.
      at_least("GPTCache", 0.60),
      {"Sluice", our_candidates,
       [](std::string_view a, std::string_view b, double similarity) {
         return similarity >= semantic::lowest_similarity &&
                semantic::compare(a, b, similarity, {}).same;
       }},
  };
}

double score(std::string_view a, std::string_view b, double similarity) {
  // Without a least score only vetoes say no.
  const auto verdict = semantic::compare(a, b, similarity, {.least_score = 0});
  return verdict.same ? verdict.score : -1;
}

}  // namespace sluice::eval
