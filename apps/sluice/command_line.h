#pragma once
// The flags of `sluice serve`, in LiteLLM's spelling and with its environment variables.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"
#include "config/load.h"

namespace sluice {

struct ServeOptions {
  std::string host = "0.0.0.0";
  int port = 4000;
  int workers = 0;     // 0 = one for each core
  std::string config;  // file; empty = `model` says what to serve
  config::ModelFlags model;
  std::string certificate, key;  // TLS on the listener; both or none
  int drain_seconds = 30;
  bool debug = false;
  std::vector<std::string> without_effect;  // LiteLLM's flags that mean nothing here
  bool help = false, version = false;
};

// Error: names the flag and says what it takes.
Result<ServeOptions> parse_serve_options(std::span<const std::string_view> args,
                                         const config::Environment& environment);
std::string_view serve_help();

}  // namespace sluice
