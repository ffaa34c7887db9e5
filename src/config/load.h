#pragma once
// A LiteLLM configuration file and the environment -> Settings, with a verdict for everything that
// is not honoured. Reads files, nothing else; safe from any thread.
//
//   const Loaded loaded = load("config.yaml", Environment::of_process());
//   if (!loaded.settings) …  // cannot run; the verdicts say why
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "config/environment.h"
#include "config/sources.h"
#include "config/verdict.h"
#include "model/settings.h"

namespace sluice::config {

struct Loaded {
  std::optional<Settings> settings;  // absent when a verdict is an error
  std::vector<Verdict> verdicts;     // in the order of the file
  std::vector<std::string> files;    // that were read: the main one, then those it includes
};

std::optional<std::string> read_from_disk(const std::string& path);

Loaded load(const std::string& path, Environment environment,
            const ReadFile& read = read_from_disk);

// LiteLLM's command line without a file: one model that answers every request.
struct ModelFlags {
  std::string model;        // --model
  std::string alias;        // --alias: the name that clients see; empty = model
  std::string api_base;     // --api_base
  std::string api_version;  // --api_version
  std::vector<std::pair<std::string, std::string>> headers;  // --headers
  std::optional<double> temperature;                         // --temperature
  std::optional<std::int64_t> max_tokens;                    // --max_tokens
  std::optional<double> request_timeout;                     // --request_timeout, seconds
  bool drop_params = false;                                  // --drop_params
};
Loaded load_without_file(const ModelFlags& flags, Environment environment);

// The file to read: the --config flag, else CONFIG_FILE_PATH; empty when neither is given.
std::string config_path(const std::string& flag, const Environment& environment);

}  // namespace sluice::config
