#pragma once
#include <span>
#include <string_view>

namespace sluice {

// `sluice explain "A" "B"`: whether the semantic cache would answer A with what it stored for B,
// and why. Exit code: 0 it would, 1 it would not, 2 the call is wrong or there is no model.
int run_explain(std::span<const std::string_view> args);

}  // namespace sluice
