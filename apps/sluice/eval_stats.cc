#include "sluice/eval_stats.h"

#include <algorithm>
#include <cmath>

namespace sluice::eval {
namespace {

// P(X ≤ hits) for X binomial (all, p), from the logarithms so that large counts do not overflow.
double at_most(std::size_t hits, std::size_t all, double p) {
  if (p <= 0) return 1;
  if (p >= 1) return hits >= all ? 1 : 0;
  double sum = 0;
  const double n = static_cast<double>(all);
  for (std::size_t k = 0; k <= hits; k++) {
    const double x = static_cast<double>(k);
    sum += std::exp(std::lgamma(n + 1) - std::lgamma(x + 1) - std::lgamma(n - x + 1) +
                    x * std::log(p) + (n - x) * std::log1p(-p));
  }
  return std::min(sum, 1.0);
}

// The p at which `falling`(p) reaches `target`; falling in p.
template <class Falling>
double solve(double target, Falling falling) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; i++) {
    const double middle = (low + high) / 2;
    (falling(middle) > target ? low : high) = middle;
  }
  return (low + high) / 2;
}

void sort_by_score(std::vector<Scored>& decisions) {
  std::ranges::sort(decisions, std::greater{}, &Scored::score);
}

// Calls visit(served, right) after each group of equal scores that is not below 0.
template <class Visit>
void each_threshold(const std::vector<Scored>& sorted, Visit visit) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < sorted.size() && sorted[i].score >= 0; i++) {
    right += sorted[i].right;
    const bool group_ends = i + 1 == sorted.size() || sorted[i + 1].score < sorted[i].score;
    if (group_ends) visit(i + 1, right);
  }
}

}  // namespace

Interval clopper_pearson(std::size_t hits, std::size_t all, double confidence) {
  if (all == 0) return {0, 1};
  const double tail = (1 - confidence) / 2;
  const double high =
      hits == all ? 1 : solve(tail, [&](double p) { return at_most(hits, all, p); });
  const double low =
      hits == 0 ? 0 : solve(1 - tail, [&](double p) { return at_most(hits - 1, all, p); });
  return {low, high};
}

std::vector<std::pair<double, double>> precision_curve(std::vector<Scored> decisions,
                                                       std::size_t all) {
  constexpr std::size_t most_points = 200;
  sort_by_score(decisions);
  std::vector<std::pair<double, double>> points;
  std::size_t next = 50;
  each_threshold(decisions, [&](std::size_t served, std::size_t right) {
    if (served < next) return;
    points.emplace_back(static_cast<double>(served) / static_cast<double>(all),
                        static_cast<double>(right) / static_cast<double>(served));
    next = served + std::max<std::size_t>(decisions.size() / most_points, 1);
  });
  return points;
}

double recall_at(std::vector<Scored> decisions, double precision) {
  constexpr std::size_t fewest = 50;
  const auto all_right = std::ranges::count(decisions, true, &Scored::right);
  sort_by_score(decisions);
  std::size_t best = 0;
  each_threshold(decisions, [&](std::size_t served, std::size_t right) {
    if (served >= fewest && static_cast<double>(right) >= precision * static_cast<double>(served))
      best = right;
  });
  return all_right == 0 ? 0 : static_cast<double>(best) / static_cast<double>(all_right);
}

double average_precision(std::vector<Scored> decisions) {
  const auto all_right = std::ranges::count(decisions, true, &Scored::right);
  sort_by_score(decisions);
  double sum = 0;
  std::size_t right_before = 0;
  each_threshold(decisions, [&](std::size_t served, std::size_t right) {
    sum += static_cast<double>(right - right_before) * static_cast<double>(right) /
           static_cast<double>(served);
    right_before = right;
  });
  return all_right == 0 ? 0 : sum / static_cast<double>(all_right);
}

}  // namespace sluice::eval
