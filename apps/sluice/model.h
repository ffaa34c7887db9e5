#pragma once
// sluice model: gets the encoders of the semantic cache, and tells about them.
#include <span>
#include <string_view>

namespace sluice {

// Exit codes: 0 done, 1 it failed (why is on standard error), 2 wrong usage.
int run_model(std::span<const std::string_view> args);

}  // namespace sluice
