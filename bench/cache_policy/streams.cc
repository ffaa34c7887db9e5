#include "streams.h"

#include <cmath>
#include <random>

namespace bench {

namespace {

// Ranks 1 to n with a probability of rank^-s, by rejection-inversion (Hörmann and Derflinger,
// 1996): no table, whatever n is.
class Zipf {
 public:
  Zipf(std::size_t n, double s)
      : s_(s), low_(integral(0.5)), high_(integral(double(n) + 0.5)), n_(n) {}

  std::size_t operator()(std::mt19937_64& random) {
    std::uniform_real_distribution<double> between(low_, high_);
    while (true) {
      const double u = between(random);
      const double x = inverse(u);
      const auto k = std::min(n_, std::max<std::size_t>(1, std::size_t(x + 0.5)));
      if (u >= integral(double(k) + 0.5) - std::pow(double(k), -s_)) return k;
    }
  }

 private:
  // Of x^-s; with s near 1 the logarithm.
  double integral(double x) const {
    const double p = 1 - s_;
    return std::abs(p) < 1e-9 ? std::log(x) : (std::pow(x, p) - 1) / p;
  }
  double inverse(double y) const {
    const double p = 1 - s_;
    return std::abs(p) < 1e-9 ? std::exp(y) : std::pow(1 + y * p, 1 / p);
  }

  double s_, low_, high_;
  std::size_t n_;
};

}  // namespace

Stream make_stream(const StreamShape& shape) {
  std::mt19937_64 random(42);
  Zipf zipf(shape.keys, shape.zipf);
  Stream stream{.first_scanned = Key(shape.keys), .end = Key(shape.keys)};
  stream.requests.reserve(shape.requests);
  for (std::size_t i = 0; i < shape.requests; ++i) {
    if (random() % 100 < shape.scan_percent) {
      stream.requests.push_back(stream.end++);
      continue;
    }
    const std::size_t shift = shape.drift_every > 0 ? i / shape.drift_every * 1000 : 0;
    // Spread out, so that neighbours in rank are none in memory.
    stream.requests.push_back(Key((zipf(random) - 1 + shift) * 7919 % shape.keys));
  }
  return stream;
}

}  // namespace bench
