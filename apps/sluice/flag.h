#pragma once
// How the commands read `--name VALUE` and `--name=VALUE`.
#include <span>
#include <string_view>

#include "base/result.h"

namespace sluice {

// "--name" of "--name=value"; all of it without '='.
std::string_view flag_name(std::string_view argument);
// The value of the flag at `i`: after its '=', or the next argument, to which `i` then moves.
// Error: there is none.
Result<std::string_view> flag_value(std::span<const std::string_view> args, std::size_t& i);

}  // namespace sluice
