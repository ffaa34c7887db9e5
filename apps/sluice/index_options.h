#pragma once
// The command line of `sluice index`, in the spelling of `rvl`.
#include <sluice/redis_server.h>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"

namespace sluice {

enum class IndexAction { info, listall, create, erase, destroy, stats };

struct IndexOptions {
  IndexAction action = IndexAction::info;
  std::string index;   // -i
  std::string schema;  // -s, a file
  RedisServer server;
  bool json = false;
  bool help = false;
};

// The address is --url; else what --host, --port, --user, --password and --ssl say; else REDIS_URL;
// else localhost. Error: names the flag and what it takes.
Result<IndexOptions> parse_index_options(std::span<const std::string_view> args,
                                         const config::Environment& environment);
std::string_view index_help();

}  // namespace sluice
