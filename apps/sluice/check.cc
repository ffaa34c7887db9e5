#include "sluice/check.h"

#include <algorithm>
#include <iostream>
#include <string>

#include "base/json_write.h"
#include "config/environment.h"
#include "config/key_table.h"
#include "config/load.h"

namespace sluice {
namespace {

using config::Level;
using config::Place;
using config::Verdict;

constexpr std::string_view usage =
    "usage: sluice check FILE [--json]\n"
    "\n"
    "Reads a LiteLLM configuration and says what of it Sluice does not honour.\n"
    "Without FILE the one that CONFIG_FILE_PATH names is read.\n"
    "\n"
    "  --json   print one JSON object instead of lines\n"
    "  --help   print this\n"
    "\n"
    "exit code: 0 everything is honoured, 1 runs without something, 2 cannot run\n";

// More places than this say nothing new; the count of the rest is given.
constexpr std::size_t places_shown = 10;

struct CheckOptions {
  std::string file;
  bool json = false;
  bool help = false;
  bool print_keys = false;
  std::string problem;
};

CheckOptions parse(std::span<const std::string_view> args) {
  CheckOptions options;
  for (const auto arg : args) {
    if (arg == "--json") {
      options.json = true;
    } else if (arg == "--help" || arg == "-h") {
      options.help = true;
    } else if (arg == "--print-keys") {  // for docs/config.md
      options.print_keys = true;
    } else if (arg.starts_with("-")) {
      options.problem = "unknown option " + std::string(arg);
    } else if (!options.file.empty()) {
      options.problem = "more than one file";
    } else {
      options.file = arg;
    }
  }
  return options;
}

std::string_view last_part(std::string_view key) {
  const auto dot = key.rfind('.');
  return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

// " (also in lines 12, 19)", or with the keys when they are others than the verdict's own.
void print_also(const Verdict& verdict, std::ostream& out) {
  const auto& also = verdict.also;
  if (also.empty()) return;
  const auto key = last_part(verdict.place.key);
  const bool same_key =
      std::ranges::all_of(also, [&](const Place& place) { return last_part(place.key) == key; });
  out << (!same_key ? " (also " : also.size() == 1 ? " (also in line " : " (also in lines ");
  const std::size_t shown = also.size() > places_shown ? places_shown - 1 : also.size();
  for (std::size_t i = 0; i < shown; i++) {
    if (i > 0) out << ", ";
    if (!same_key) out << last_part(also[i].key) << " in line ";
    if (also[i].file != verdict.place.file) out << also[i].file << ":";
    out << also[i].line;
  }
  if (shown < also.size()) out << " and " << also.size() - shown << " more";
  out << ")";
}

std::size_t count(const std::vector<Verdict>& verdicts, Level level) {
  return static_cast<std::size_t>(std::ranges::count(verdicts, level, &Verdict::level));
}

void print_summary(const std::string& file, const std::vector<Verdict>& verdicts,
                   const config::Loaded& loaded, std::ostream& out) {
  out << file << ": ";
  if (!loaded.settings) {
    out << "cannot run: " << count(verdicts, Level::error) << " error(s)";
  } else {
    out << "runs with " << loaded.settings->deployments.size() << " deployment(s)";
    const auto missing = loaded.settings->unavailable.size();
    if (missing > 0) out << "; " << missing << " cannot be called";
    const auto ignored = count(verdicts, Level::ignored);
    if (ignored > 0) out << "; " << ignored << " setting(s) not honoured";
    if (verdicts.empty()) out << "; everything is honoured";
  }
  out << "\n";
}

void append_place(std::string& json, const Place& place) {
  json += "\"file\":";
  append_json_string(json, place.file);
  json += ",\"line\":" + std::to_string(place.line);
  json += ",\"column\":" + std::to_string(place.column) + ",\"key\":";
  append_json_string(json, place.key);
}

void append_verdict(std::string& json, const Verdict& verdict) {
  json += "{\"level\":";
  append_json_string(json, config::name_of(verdict.level));
  json += ",";
  append_place(json, verdict.place);
  json += ",\"message\":";
  append_json_string(json, verdict.message);
  json += ",\"also\":[";
  for (const Place& place : verdict.also) {
    if (&place != verdict.also.data()) json += ",";
    json += "{";
    append_place(json, place);
    json += "}";
  }
  json += "]}";
}

}  // namespace

void print_verdicts(const std::vector<Verdict>& verdicts, std::ostream& out) {
  for (const Verdict& verdict : verdicts) {
    const Place& place = verdict.place;
    if (!place.file.empty()) out << place.file << ":";
    if (place.line > 0) out << place.line << ":";
    if (!place.file.empty() || place.line > 0) out << " ";
    if (verdict.level == Level::error) out << "error: ";
    if (!place.key.empty()) out << place.key << ": ";
    out << verdict.message;
    print_also(verdict, out);
    out << "\n";
  }
}

void print_verdicts_json(const std::vector<Verdict>& verdicts, std::ostream& out) {
  std::string json = "{\"exit_code\":" + std::to_string(config::exit_code(verdicts));
  json += ",\"verdicts\":[";
  for (const Verdict& verdict : verdicts) {
    if (&verdict != verdicts.data()) json += ",";
    append_verdict(json, verdict);
  }
  json += "]}";
  out << json << "\n";
}

int run_check(std::span<const std::string_view> args) {
  const CheckOptions options = parse(args);
  if (options.help) {
    std::cout << usage;
    return 0;
  }
  if (options.print_keys) {
    std::cout << config::keys_as_markdown();
    return 0;
  }
  const auto environment = config::Environment::of_process();
  const std::string file = config::config_path(options.file, environment);
  if (file.empty() || !options.problem.empty()) {
    std::cerr << "sluice check: " << (file.empty() ? "no file given" : options.problem) << "\n\n"
              << usage;
    return 2;
  }
  const auto loaded = config::load(file, environment);
  if (options.json) {
    print_verdicts_json(loaded.verdicts, std::cout);
  } else {
    print_verdicts(loaded.verdicts, std::cout);
    print_summary(file, loaded.verdicts, loaded, std::cout);
  }
  return config::exit_code(loaded.verdicts);
}

}  // namespace sluice
