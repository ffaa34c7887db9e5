#include "sluice/index_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/percent.h"
#include "sluice/flag.h"

namespace sluice {
namespace {

constexpr std::string_view help_text =
    R"(sluice index - look at and change the search indexes of a Redis

usage: sluice index info    -i NAME | -s FILE      fields and options of an index
       sluice index stats   -i NAME | -s FILE      its numbers
       sluice index listall                        names of all indexes
       sluice index create  -s FILE                makes the index that a RedisVL schema describes
       sluice index delete  -i NAME | -s FILE      removes an index; documents stay
       sluice index destroy -i NAME | -s FILE      removes an index and its documents

  -i, --index NAME
  -s, --schema FILE     a schema in RedisVL's YAML
      --json            print JSON (info, stats, listall)

  -u, --url URL         redis://user:password@host:6379, rediss://… or unix:///path (REDIS_URL)
      --host NAME       (localhost)
  -p, --port N          (6379)
      --user NAME       (default)
  -a, --password WORD
      --ssl             use TLS

exit code: 0 done, 1 no such index or the server said no, 2 wrong usage or schema
)";

struct Address {
  std::string url, host, port, user, password;
  bool ssl = false;
};

struct FlagRule {
  std::string_view name, short_name;
  std::string IndexOptions::* option;  // or
  std::string Address::* part;
};

constexpr std::array flags{
    FlagRule{"--index", "-i", &IndexOptions::index, nullptr},
    FlagRule{"--schema", "-s", &IndexOptions::schema, nullptr},
    FlagRule{"--url", "-u", nullptr, &Address::url},
    FlagRule{"--host", "", nullptr, &Address::host},
    FlagRule{"--port", "-p", nullptr, &Address::port},
    FlagRule{"--user", "", nullptr, &Address::user},
    FlagRule{"--password", "-a", nullptr, &Address::password},
};

constexpr std::array actions{
    std::pair{std::string_view("info"), IndexAction::info},
    std::pair{std::string_view("listall"), IndexAction::listall},
    std::pair{std::string_view("create"), IndexAction::create},
    std::pair{std::string_view("delete"), IndexAction::erase},
    std::pair{std::string_view("destroy"), IndexAction::destroy},
    std::pair{std::string_view("stats"), IndexAction::stats},
};

std::string url_of_parts(const Address& address) {
  std::string url = address.ssl ? "rediss://" : "redis://";
  if (!address.user.empty() || !address.password.empty()) {
    url += percent_encode(address.user);
    if (!address.password.empty()) url += ":" + percent_encode(address.password);
    url += "@";
  }
  const std::string host = address.host.empty() ? "localhost" : address.host;
  url += host.find(':') == std::string::npos ? host : "[" + host + "]";
  return url + ":" + (address.port.empty() ? "6379" : address.port);
}

std::string url_of(const Address& address, const config::Environment& environment) {
  if (!address.url.empty()) return address.url;
  const bool has_parts = !(address.host + address.port + address.user + address.password).empty();
  std::string url = environment.get("REDIS_URL").value_or("");
  if (has_parts || url.empty()) return url_of_parts(address);
  if (address.ssl && url.starts_with("redis://")) url.insert(5, "s");
  return url;
}

Status check_port(const std::string& text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!text.empty() && (!whole || port < 1 || port > 65535))
    return fail(client_error("--port takes a number from 1 to 65535"));
  return Done{};
}

// Takes the flag at `i` with its value, which may follow after '='.
Status take_flag(std::span<const std::string_view> args, std::size_t& i, IndexOptions& options,
                 Address& address) {
  const std::string_view name = flag_name(args[i]);
  if (args[i] == "--json") return options.json = true, Done{};
  if (args[i] == "--ssl") return address.ssl = true, Done{};
  if (args[i] == "--help" || args[i] == "-h") return options.help = true, Done{};
  const auto rule = std::ranges::find_if(
      flags, [&](const FlagRule& each) { return name == each.name || name == each.short_name; });
  if (rule == flags.end() || name.empty())
    return fail(client_error("unknown option `" + std::string(name) + "`"));
  TRY(const std::string_view value, flag_value(args, i));
  (rule->option != nullptr ? options.*rule->option : address.*rule->part) = value;
  return Done{};
}

Status check_target(const IndexOptions& options) {
  if (options.action == IndexAction::create && options.schema.empty())
    return fail(client_error("a schema must be given to create an index: -s FILE"));
  if (options.action != IndexAction::listall && options.index.empty() && options.schema.empty())
    return fail(client_error("an index must be named: -i NAME, or -s FILE"));
  return Done{};
}

}  // namespace

std::string_view index_help() { return help_text; }

Result<IndexOptions> parse_index_options(std::span<const std::string_view> args,
                                         const config::Environment& environment) {
  IndexOptions options;
  Address address;
  std::optional<IndexAction> action;
  for (std::size_t i = 0; i < args.size(); i++) {
    if (args[i].starts_with('-')) {
      TRY([[maybe_unused]] const Done taken, take_flag(args, i, options, address));
      continue;
    }
    const auto found = std::ranges::find(actions, args[i], [](const auto& a) { return a.first; });
    if (found == actions.end() || action)
      return fail(client_error("unknown command `" + std::string(args[i]) + "`"));
    action = found->second;
  }
  if (options.help) return options;
  if (!action)
    return fail(client_error("which command? info, stats, listall, create, delete or destroy"));
  options.action = *action;
  TRY([[maybe_unused]] const Done port, check_port(address.port));
  TRY([[maybe_unused]] const Done target, check_target(options));
  options.server.url = url_of(address, environment);
  return options;
}

}  // namespace sluice
