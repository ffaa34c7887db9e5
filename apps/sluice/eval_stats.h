#pragma once
#include <cstddef>
#include <utility>
#include <vector>

namespace sluice::eval {

struct Interval {
  double low, high;
};

// Of a share, from `hits` of `all`, exact for the binomial distribution (Clopper and Pearson,
// 1934).
Interval clopper_pearson(std::size_t hits, std::size_t all, double confidence = 0.95);

// A decision with a score, and whether serving it would be right.
struct Scored {
  double score;
  bool right;
};

// (coverage, precision) for each threshold, from the highest score down; some 200 points. Coverage
// counts among `all`. What has a score below 0 is never served.
std::vector<std::pair<double, double>> precision_curve(std::vector<Scored> decisions,
                                                       std::size_t all);

// The largest share of the right ones that can be served at this precision, by one threshold. Of at
// least 50, since the first few say nothing.
double recall_at(std::vector<Scored> decisions, double precision);

// Area under the precision-recall curve, as a sum over the right ones.
double average_precision(std::vector<Scored> decisions);

}  // namespace sluice::eval
