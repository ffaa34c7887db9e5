#pragma once
// `sluice model bench` and `sluice model embed`: what an encoder takes, and what it gives.
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"

namespace sluice {

// Prints the median and the 99th percentile for texts of 7, 12, 32 and 128 tokens, for each of the
// kernels that this machine has, or for the one that `kernel` names.
Status bench_model(const std::string& name, const std::string& kernel, std::ostream& out);

struct EmbedRequest {
  std::string name;
  std::string kernel;         // empty = the best
  bool json_strings = false;  // each line is a JSON string, which can hold line breaks
};
// For each line of `in` one JSON object: its word pieces, whether one is unknown, and the vector.
Status embed_lines(const EmbedRequest& request, std::istream& in, std::ostream& out);

}  // namespace sluice
