#include "sluice/cache.h"

#include <unistd.h>

#include <iostream>

#include "config/load.h"
#include "sluice/cache_access.h"
#include "sluice/cache_options.h"
#include "sluice/cache_text.h"
#include "sluice/check.h"
#include "sluice/explain.h"

namespace sluice {
namespace {

using Access = std::unique_ptr<CacheAccess>;

Result<Access> open_configured_cache(const std::string& file) {
  const config::Loaded loaded = config::load(file, config::Environment::of_process());
  if (!loaded.settings) {
    print_verdicts(loaded.verdicts, std::cerr);
    return fail(client_error(file + " can't be used"));
  }
  const auto& settings = loaded.settings->cache;
  if (!settings)
    return fail(client_error(file + " has no cache: set `litellm_settings.cache: true`"));
  if (!settings->redis && settings->disk_dir.empty()) {
    return fail(client_error("the cache of " + file +
                             " is the memory of its gateway, which alone can tell: ask it with "
                             "--url http://HOST:PORT"));
  }
  return open_stored_cache(*settings);
}

struct Said {
  Result<std::string> json;
  std::string (*as_text)(std::string_view json);
};

Said act(const CacheOptions& options, CacheAccess& cache) {
  switch (options.action) {
    case CacheAction::stats: return {cache.stats(), cache_stats_text};
    case CacheAction::get: return {cache.entry(options.keys.front()), cache_entry_text};
    case CacheAction::erase: return {cache.erase(options.keys), cache_deleted_text};
    case CacheAction::clear: break;
  }
  return {cache.clear(), cache_deleted_text};
}

int complain(const std::string& message, int code) {
  std::cerr << "sluice cache: " << message << "\n";
  return code;
}

// Nothing was there to be taken out.
bool deleted_nothing(const CacheOptions& options, std::string_view json) {
  return options.action == CacheAction::erase && json.ends_with("\"deleted\":0}");
}

}  // namespace

int run_cache(std::span<const std::string_view> args) {
  if (!args.empty() && args[0] == "explain") return run_explain(args.subspan(1));
  const auto options = parse_cache_options(args, config::Environment::of_process());
  if (!options) {
    complain(options.error().message, 2);
    std::cerr << "\n" << cache_help();
    return 2;
  }
  if (options->help) return std::cout << cache_help(), 0;
  if (options->action == CacheAction::clear && !options->yes && ::isatty(STDIN_FILENO) != 0)
    return complain("this takes out every entry of the cache; say --yes if you mean it", 2);
  const auto cache = options->url.empty() ? open_configured_cache(options->config)
                                          : open_gateway_cache(options->url, options->key);
  if (!cache) return complain(cache.error().message, 2);
  const Said said = act(*options, **cache);
  if (!said.json) return complain(said.json.error().message, 1);
  std::cout << (options->json ? *said.json + "\n" : said.as_text(*said.json));
  return deleted_nothing(*options, *said.json) ? 1 : 0;
}

}  // namespace sluice
