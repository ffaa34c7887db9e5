#pragma once
// `sluice reload`: checks the configuration of a running gateway and, if it can run, makes the
// gateway read it again.
#include <span>
#include <string_view>

namespace sluice {

// Arguments after `reload`. Exit code: 0 = asked to reload, 2 = no such gateway, or a bad
// configuration.
int run_reload(std::span<const std::string_view> args);

}  // namespace sluice
