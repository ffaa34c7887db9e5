#pragma once
#include <span>
#include <string_view>

namespace sluice {

// `sluice cache`: what a cache holds, and taking things out. Exit code: 0 done, 1 no such entry or
// the cache can't be reached, 2 the call or the configuration is wrong.
int run_cache(std::span<const std::string_view> args);

}  // namespace sluice
