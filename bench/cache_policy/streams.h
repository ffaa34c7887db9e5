#pragma once
// Streams of requests for keys 0, 1, 2, … as caches meet them. The same seed gives the same stream.
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

using Key = std::uint32_t;

struct StreamShape {
  std::size_t keys = 1'000'000;  // that are asked again
  std::size_t requests = 4'000'000;
  double zipf = 0.99;  // the exponent: how much more often the popular ones are asked
  // Of a hundred requests, how many are for a key that nobody asks again.
  unsigned scan_percent = 0;
  // After so many requests the thousand most popular keys are others; 0 = never.
  std::size_t drift_every = 0;
};

struct Stream {
  std::vector<Key> requests;
  Key first_scanned = 0;  // keys from here on are asked once
  Key end = 0;            // all are below
};

Stream make_stream(const StreamShape& shape);

}  // namespace bench
