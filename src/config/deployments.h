#pragma once
// model_list and credential_list -> deployments.
#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/settings.h"

namespace sluice::config {

// Fills settings.deployments and settings.unavailable; the rest of `settings` is read already.
void read_deployments(const Node& root, const Environment& environment, Report& report,
                      Settings& settings);

}  // namespace sluice::config
