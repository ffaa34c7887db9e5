#pragma once
// Three ways to choose what leaves a full cache, on bare keys: hit rates and the cost of choosing,
// without values, locks and a hash table, which all of them need alike (keys are small numbers).
#include <cstddef>
#include <memory>
#include <string_view>

#include "streams.h"

namespace bench {

class Policy {
 public:
  virtual ~Policy() = default;
  // Whether the key is in the cache; if not, it is from now on.
  virtual bool ask(Key key) = 0;
};

// Of all three: `entries` fit, and every key is below `end`.

// The least recently used leaves.
std::unique_ptr<Policy> make_lru(std::size_t entries, Key end);

// S3-FIFO: Yang et al., SOSP 2023.
std::unique_ptr<Policy> make_s3_fifo(std::size_t entries, Key end);

// W-TinyLFU: Einziger, Friedman and Manes, 2017: a window of 1 %, then a segmented LRU that admits
// a key only if a sketch has seen it more often than the one that would leave.
std::unique_ptr<Policy> make_w_tiny_lfu(std::size_t entries, Key end);

}  // namespace bench
