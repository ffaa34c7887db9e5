#pragma once
// The rules that are compared: all on the same encoder.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::eval {

struct Policy {
  std::string name;
  std::size_t candidates;  // of the nearest stored questions, how many it looks at
  std::function<bool(std::string_view a, std::string_view b, double similarity)> same;
};

// Static thresholds, GPTCache's rule, and ours last.
std::vector<Policy> policies();

// What orders pairs from surely the same (1) to surely not (0); -1 is never served.
double score(std::string_view a, std::string_view b, double similarity);

}  // namespace sluice::eval
