#pragma once
// Names that lead nowhere: fallbacks, aliases and forced models that no deployment serves.
#include "config/node.h"
#include "config/verdict.h"
#include "model/settings.h"

namespace sluice::config {

// Adds a verdict for each such name, with the model that may have been meant. `settings` is whole.
void check_references(const Node& root, const Settings& settings, Report& report);

}  // namespace sluice::config
