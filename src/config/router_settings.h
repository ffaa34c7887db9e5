#pragma once
// router_settings: how attempts are made and where they go.
#include "config/reader.h"
#include "model/settings.h"

namespace sluice::config {

void read_router_settings(const Reader& router, Report& report, Settings& settings);

// The lists of fallbacks, which may stand in either section. Where router_settings has one, that of
// litellm_settings is not looked at.
void read_fallback_settings(const Reader& router, const Reader& litellm, Report& report,
                            Settings& settings);

// `key` as a number of attempts, when it is set.
void read_retries(const Reader& reader, std::string_view key, int& retries);

}  // namespace sluice::config
