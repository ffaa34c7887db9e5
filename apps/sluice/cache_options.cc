#include "sluice/cache_options.h"

#include <algorithm>
#include <array>
#include <optional>

#include "config/load.h"
#include "sluice/flag.h"

namespace sluice {
namespace {

constexpr std::string_view help_text =
    R"(sluice cache - look at a cache and take things out

usage: sluice cache stats      what its stores hold, and what matching by meaning found
       sluice cache get KEY    an entry: its age, the time it has left, who answered, the answer
       sluice cache del KEY …  takes entries out
       sluice cache clear      takes out all entries of the configured namespace
       sluice cache explain …  as `sluice explain`: why two questions share an answer, or why not

KEY is what the header x-litellm-cache-key says.

  -u, --url URL      the running gateway to ask, such as http://127.0.0.1:4000
  -k, --key KEY      its master key (SLUICE_KEY, LITELLM_MASTER_KEY)
  -c, --config FILE  or the configuration whose disk or Redis to ask, without a gateway (CONFIG_FILE_PATH)
      --json         print JSON
      --yes          clear without being asked; a terminal needs it

exit code: 0 done, 1 no such entry, or the cache can't be reached, 2 wrong usage or configuration
)";

struct FlagRule {
  std::string_view name, short_name;
  std::string CacheOptions::* option;
};
constexpr std::array flags{FlagRule{"--url", "-u", &CacheOptions::url},
                           FlagRule{"--key", "-k", &CacheOptions::key},
                           FlagRule{"--config", "-c", &CacheOptions::config}};

struct SwitchRule {
  std::string_view name, short_name;
  bool CacheOptions::* option;
};
constexpr std::array switches{SwitchRule{"--json", "", &CacheOptions::json},
                              SwitchRule{"--yes", "-y", &CacheOptions::yes},
                              SwitchRule{"--help", "-h", &CacheOptions::help}};

struct ActionRule {
  std::string_view name;
  CacheAction action;
  std::size_t least_keys, most_keys;
  std::string_view wants;
};
constexpr std::array actions{
    ActionRule{"stats", CacheAction::stats, 0, 0, "stats takes no key"},
    ActionRule{"get", CacheAction::get, 1, 1, "get takes one key"},
    ActionRule{"del", CacheAction::erase, 1, SIZE_MAX, "del takes the keys to take out"},
    ActionRule{"clear", CacheAction::clear, 0, 0, "clear takes no key; `del` takes entries out"},
};

template <class Rules>
auto find_rule(const Rules& rules, std::string_view name) {
  return std::ranges::find_if(rules, [&](const auto& each) {
    return name == each.name || (!name.empty() && name == each.short_name);
  });
}

Status take_flag(std::span<const std::string_view> args, std::size_t& i, CacheOptions& options) {
  if (const auto found = find_rule(switches, args[i]); found != switches.end())
    return options.*found->option = true, Done{};
  const std::string_view name = flag_name(args[i]);
  const auto rule = find_rule(flags, name);
  if (rule == flags.end()) return fail(client_error("unknown option `" + std::string(name) + "`"));
  TRY(options.*rule->option, flag_value(args, i));
  return Done{};
}

// Where the cache is.
Status choose_place(CacheOptions& options, const config::Environment& environment) {
  if (!options.url.empty() && !options.config.empty())
    return fail(client_error("--url asks a gateway and --config what it names: give one of them"));
  if (options.url.empty()) {
    options.config = config::config_path(options.config, environment);
    if (options.config.empty())
      return fail(client_error("which cache? --url http://HOST:PORT, or --config FILE"));
    return Done{};
  }
  constexpr std::array<std::string_view, 2> names{"SLUICE_KEY", "LITELLM_MASTER_KEY"};
  if (options.key.empty()) options.key = environment.first_of(names);
  return Done{};
}

}  // namespace

std::string_view cache_help() { return help_text; }

Result<CacheOptions> parse_cache_options(std::span<const std::string_view> args,
                                         const config::Environment& environment) {
  CacheOptions options;
  const ActionRule* action = nullptr;
  for (std::size_t i = 0; i < args.size(); i++) {
    if (args[i].starts_with('-')) {
      TRY([[maybe_unused]] const Done taken, take_flag(args, i, options));
    } else if (action != nullptr) {
      options.keys.emplace_back(args[i]);
    } else {
      const auto found = std::ranges::find(actions, args[i], &ActionRule::name);
      if (found == actions.end())
        return fail(client_error("unknown command `" + std::string(args[i]) + "`"));
      action = &*found;
    }
  }
  if (options.help) return options;
  if (action == nullptr)
    return fail(client_error("which command? stats, get, del, clear or explain"));
  if (options.keys.size() < action->least_keys || options.keys.size() > action->most_keys)
    return fail(client_error(std::string(action->wants)));
  options.action = action->action;
  TRY([[maybe_unused]] const Done chosen, choose_place(options, environment));
  return options;
}

}  // namespace sluice
