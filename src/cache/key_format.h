#pragma once
// What both schemes of keys share.
#include <string>
#include <string_view>
#include <vector>

#include "model/cache_settings.h"

namespace sluice::cache {

// The caching group that holds the model group as Python shows it ("['gpt-4o', 'gpt-4o-mini']"),
// or the model group itself. The view is of `group` or of `scratch`.
std::string_view model_in_key(const CacheSettings& settings, std::string_view group,
                              std::string& scratch);

// Whether a key of a Redis could be one of this scheme's, under whatever namespace.
bool is_key_of(KeyScheme scheme, std::string_view key);

}  // namespace sluice::cache
