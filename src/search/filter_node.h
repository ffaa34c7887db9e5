#pragma once
// The tree behind a Filter; for filter*.cc alone.
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "search/filter.h"

namespace sluice::search {

struct TagCondition {
  std::vector<std::string> values;
  bool is_pattern = false;
};
struct NumberCondition {
  // Infinite where there is no bound.
  double low, high;
  std::string low_text, high_text;
  bool open_low = false, open_high = false;  // the bound itself does not belong to it
};
struct TextCondition {
  std::string text;
  bool is_pattern = false;
};
struct MissingCondition {};
struct RawCondition {
  std::string query;
};
struct Joined {
  Filter left, right;
  bool either = false;  // |
};
struct Negated {
  Filter filter;
};

struct FilterNode {
  std::string field;  // empty for those without one
  std::variant<TagCondition, NumberCondition, TextCondition, GeoRadius, MissingCondition,
               RawCondition, Joined, Negated>
      condition;
};

std::string_view name_of(GeoUnit unit);  // "m", "km", "mi", "ft"
double meters(GeoUnit unit);

// What makes the condition impossible to ask; empty when nothing does.
std::string problem_of(const FilterNode& node);

}  // namespace sluice::search
