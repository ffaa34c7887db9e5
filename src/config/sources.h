#pragma once
// The files of a configuration made into one tree: `include` merged in, `environment_variables`
// set, `os.environ/NAME` replaced by values.
#include <functional>
#include <optional>
#include <string>

#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"

namespace sluice::config {

// The content of a file; nothing when it cannot be read.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

// The whole configuration as a mapping; nothing when it cannot be used, with an error in `report`.
// Values of `environment_variables` become part of `environment`, where they yield to what is
// there.
std::optional<Node> read_sources(const std::string& path, const ReadFile& read,
                                 Environment& environment, Report& report);

}  // namespace sluice::config
