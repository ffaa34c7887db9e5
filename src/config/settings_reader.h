#pragma once
// The three sections of settings, read into one Settings.
#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/settings.h"

namespace sluice::config {

// `root` is the whole file. Where two sections hold a setting, router_settings wins over
// litellm_settings, and both over the environment.
void read_settings(const Node& root, const Environment& environment, Report& report,
                   Settings& settings);

}  // namespace sluice::config
