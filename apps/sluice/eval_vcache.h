#pragma once
// The decision rule of vCache (arXiv 2502.03771), written from the paper's idea, to compare with.
#include <array>
#include <cstddef>

namespace sluice::eval {

// One cached answer with what was observed about it: at which similarity it was the nearest, and
// whether it was right there. That a query of similarity s is answered rightly is taken to be
// logistic in s, P = 1 / (1 + exp(-slope * (s - threshold))); the two parameters are unknown.
//
// Where the paper bounds the threshold by the maximum-likelihood fit and its variance, this keeps
// the posterior over a grid of parameters, which also stands for few and for separable
// observations.
class VCacheEntry {
 public:
  VCacheEntry();
  void observe(double similarity, bool right);

  // The probability with which to ask the model nevertheless, so that over all requests at most
  // `delta` are answered wrongly: the least, over confidences 1 - e, of 1 - delta / (1 - a), where
  // a = (1 - e) * (the lower bound of P at that confidence).
  double explore_probability(double similarity, double delta) const;

 private:
  static constexpr std::size_t thresholds = 26, slopes = 5;
  std::array<double, thresholds * slopes> log_likelihood_;
};

}  // namespace sluice::eval
