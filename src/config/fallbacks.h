#pragma once
// Fallbacks: a list of mappings with one key each, `[{model: [first, second]}]`.
#include <string>

#include "config/reader.h"
#include "model/settings.h"

namespace sluice::config {

// Adds what `section.key` says to `fallbacks`; an entry that is there already stays. A malformed
// value is an error with LiteLLM's message.
void read_fallbacks(const Reader& section, std::string_view key, Report& report,
                    Fallbacks& fallbacks);

// `default_fallbacks: [first, second]` is the same as `fallbacks: [{"*": [first, second]}]`.
void read_default_fallbacks(const Reader& section, Fallbacks& fallbacks);

}  // namespace sluice::config
