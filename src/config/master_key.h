#pragma once
// The master key: who may call the gateway at all.
#include "config/environment.h"
#include "config/node.h"
#include "config/verdict.h"
#include "model/settings.h"

namespace sluice::config {

// general_settings.master_key, else LITELLM_MASTER_KEY. Without either the gateway is open, unless
// the file asks for a key or another check that cannot be had: then every request is refused.
void read_master_key(const Node& general, const Node& litellm, const Environment& environment,
                     Report& report, Settings& settings);

}  // namespace sluice::config
