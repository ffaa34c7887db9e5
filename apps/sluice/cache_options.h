#pragma once
// The command line of `sluice cache`.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/environment.h"

namespace sluice {

enum class CacheAction { stats, get, erase, clear };

struct CacheOptions {
  CacheAction action = CacheAction::stats;
  std::vector<std::string> keys;
  std::string url, key;  // of a gateway
  std::string config;    // or a file; one of both is given
  bool json = false, yes = false, help = false;
};

// The key is --key, else SLUICE_KEY or LITELLM_MASTER_KEY; without --url the configuration is
// --config, else CONFIG_FILE_PATH. Error: names the flag and what it takes.
Result<CacheOptions> parse_cache_options(std::span<const std::string_view> args,
                                         const config::Environment& environment);
std::string_view cache_help();

}  // namespace sluice
