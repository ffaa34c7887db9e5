#pragma once
#include <span>
#include <string_view>

namespace sluice {

// `sluice eval`: measures the decisions of the semantic cache. Exit code: 0 measured, 1 a file or
// the model cannot be used, 2 the call is wrong.
int run_eval(std::span<const std::string_view> args);

}  // namespace sluice
