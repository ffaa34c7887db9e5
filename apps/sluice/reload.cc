#include "sluice/reload.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "sluice/check.h"
#include "sluice/command_line.h"

namespace sluice {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view help_text =
    R"(sluice reload - make a running gateway read its configuration again

usage: sluice reload [--pid N]

The configuration is checked first, with the gateway's own environment; one that can't run is refused
and the gateway goes on with what it has. Requests in flight finish as they began.
Without --pid the only running gateway of this program is meant.
)";

struct Running {
  pid_t pid;
  std::vector<std::string> args;
};

std::vector<std::string> split_nul(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::vector<std::string> parts;
  for (std::string part; std::getline(in, part, '\0');) parts.push_back(part);
  return parts;
}

std::optional<pid_t> parse_pid(std::string_view text) {
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (error != std::errc() || end != text.data() + text.size() || pid <= 0) return std::nullopt;
  return pid;
}

// Processes of this very program that serve.
std::vector<Running> running_gateways() {
  std::vector<Running> found;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const auto pid = parse_pid(entry.path().filename().string());
    if (!pid || *pid == ::getpid()) continue;
    std::error_code unreadable;
    if (fs::read_symlink(entry.path() / "exe", unreadable) != self) continue;
    std::vector<std::string> args = split_nul(entry.path() / "cmdline");
    const bool serves = args.size() > 1 && (args[1] == "serve" || args[1].starts_with("-"));
    if (serves) found.push_back({*pid, std::move(args)});
  }
  return found;
}

int complain(std::string_view message) {
  std::cerr << "sluice: " << message << "\n";
  return 2;
}

// The file that the gateway reads, as seen from here; empty when it serves without one.
fs::path config_of(const Running& gateway, const config::Environment& environment) {
  std::vector<std::string_view> args(gateway.args.begin() + 1, gateway.args.end());
  if (!args.empty() && args.front() == "serve") args.erase(args.begin());
  const auto options = parse_serve_options(args, environment);
  if (!options || options->config.empty()) return {};
  std::error_code error;
  return fs::read_symlink("/proc/" + std::to_string(gateway.pid) + "/cwd", error) / options->config;
}

config::Environment environment_of(pid_t pid) {
  config::Environment::Values values;
  for (const std::string& each : split_nul("/proc/" + std::to_string(pid) + "/environ")) {
    const std::size_t equals = each.find('=');
    if (equals != std::string::npos) values[each.substr(0, equals)] = each.substr(equals + 1);
  }
  return config::Environment(std::move(values));
}

int reload(const Running& gateway) {
  const config::Environment environment = environment_of(gateway.pid);
  if (const fs::path file = config_of(gateway, environment); !file.empty()) {
    const config::Loaded loaded = config::load(file.string(), environment);
    print_verdicts(loaded.verdicts, std::cerr);
    if (!loaded.settings)
      return complain("the configuration can't run; the gateway keeps the one it has.");
  }
  if (::kill(gateway.pid, SIGHUP) != 0)
    return complain("process " + std::to_string(gateway.pid) +
                    " can't be signalled: " + std::generic_category().message(errno) + ".");
  std::cout << "process " << gateway.pid << " reads its configuration again\n";
  return 0;
}

}  // namespace

int run_reload(std::span<const std::string_view> args) {
  std::optional<pid_t> wanted;
  for (std::size_t i = 0; i < args.size(); i++) {
    if (args[i] == "--help" || args[i] == "-h") return std::cout << help_text, 0;
    if (args[i] != "--pid" || i + 1 == args.size())
      return complain("usage: sluice reload [--pid N]");
    wanted = parse_pid(args[++i]);
    if (!wanted) return complain("--pid takes a process id.");
  }
  std::vector<Running> gateways = running_gateways();
  if (wanted) std::erase_if(gateways, [&](const Running& each) { return each.pid != *wanted; });
  if (gateways.empty()) return complain("no running gateway of this program was found.");
  if (gateways.size() > 1) {
    std::string list;
    for (const Running& each : gateways) list += " " + std::to_string(each.pid);
    return complain("several gateways run; choose one with --pid:" + list);
  }
  return reload(gateways.front());
}

}  // namespace sluice
