#pragma once
// `sluice index`: what `rvl index` and `rvl stats` do, with the same tables.
#include <span>
#include <string_view>

namespace sluice {

int run_index(std::span<const std::string_view> args);

}  // namespace sluice
