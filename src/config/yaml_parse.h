#pragma once
// YAML text -> tree. libyaml does the grammar; this gives plain scalars their meaning
// (yaml_scalar.h), expands aliases and `<<` merges, and keeps every bound: a file of any content
// ends in a tree or in one located message.
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"

namespace sluice::config {

struct YamlProblem {
  Mark mark;
  std::string message;
};

struct YamlResult {
  bool ok = false;
  Node root;                            // when ok; null for an empty file
  YamlProblem error;                    // when not ok
  std::vector<YamlProblem> duplicates;  // keys written twice in one mapping; the last one counts
};

// `file` goes into every mark.
YamlResult parse_yaml(std::string_view text, int file);

}  // namespace sluice::config
