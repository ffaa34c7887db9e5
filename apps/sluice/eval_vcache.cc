#include "sluice/eval_vcache.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace sluice::eval {
namespace {

constexpr std::array<double, 5> slope_values{8, 16, 32, 64, 128};

double threshold_value(std::size_t i) { return 0.5 + 0.02 * static_cast<double>(i); }

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

VCacheEntry::VCacheEntry() { log_likelihood_.fill(0); }

void VCacheEntry::observe(double similarity, bool right) {
  for (std::size_t i = 0; i < log_likelihood_.size(); i++) {
    const double x = slope_values[i % slopes] * (similarity - threshold_value(i / slopes));
    log_likelihood_[i] += std::log(std::max(logistic(right ? x : -x), 1e-12));
  }
}

double VCacheEntry::explore_probability(double similarity, double delta) const {
  std::vector<std::pair<double, double>> by_chance;  // P here, weight of the parameters
  const double most = *std::ranges::max_element(log_likelihood_);
  double all = 0;
  for (std::size_t i = 0; i < log_likelihood_.size(); i++) {
    const double chance =
        logistic(slope_values[i % slopes] * (similarity - threshold_value(i / slopes)));
    by_chance.emplace_back(chance, std::exp(log_likelihood_[i] - most));
    all += by_chance.back().second;
  }
  std::ranges::sort(by_chance);
  // Going up, the weight passed so far is the doubt e, and the chance reached the bound at 1 - e.
  double passed = 0, least = 1;
  for (const auto& [chance, weight] : by_chance) {
    const double certain = (1 - passed / all) * chance;
    passed += weight;
    if (certain >= 1 - delta) return 0;
    least = std::min(least, 1 - delta / (1 - certain));
  }
  return std::max(least, 0.0);
}

}  // namespace sluice::eval
