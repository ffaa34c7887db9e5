#pragma once
// `sluice serve`: builds the objects, runs them, and answers signals.
#include <span>
#include <string_view>

namespace sluice {

// Arguments after `serve`. Returns the exit code: 0 after an orderly end, 2 when it could not
// start.
int run_serve(std::span<const std::string_view> args);

}  // namespace sluice
