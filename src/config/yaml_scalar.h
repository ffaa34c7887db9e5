#pragma once
// What an unquoted YAML scalar means. The rules are YAML 1.1's as PyYAML's SafeLoader has them,
// since LiteLLM reads its files with that: `yes` is true, `017` is 15, `1_000` is 1000, `12:30` is
// 750, and `1e-5` is text because it lacks the dot.
#include <string>
#include <string_view>

#include "config/node.h"

namespace sluice::config {

struct Scalar {
  Kind kind = Kind::text;
  std::string text;  // as Node::text
};

Scalar resolve_plain_scalar(std::string_view text);

}  // namespace sluice::config
