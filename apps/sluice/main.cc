// sluice: one binary, one file for each command. Called as `litellm`, or with flags alone, it
// serves.
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <span>
#include <string_view>
#include <vector>

#include "sluice/cache.h"
#include "sluice/check.h"
#include "sluice/eval.h"
#include "sluice/explain.h"
#include "sluice/index.h"
#include "sluice/model.h"
#include "sluice/reload.h"
#include "sluice/serve.h"
#include "sluice/version.h"

namespace {

using Args = std::span<const std::string_view>;

struct Command {
  std::string_view name, summary;
  int (*run)(Args args);
};

int run_version(Args args) {
  if (!args.empty() && (args[0] == "--help" || args[0] == "-h"))
    std::cout << "sluice version - print the version\n\nusage: sluice version\n";
  else
    std::cout << "sluice " << sluice::version_text << "\n";
  return 0;
}

constexpr std::array commands{
    Command{"serve", "answer OpenAI requests from the providers of a configuration",
            sluice::run_serve},
    Command{"check", "say what of a LiteLLM configuration is honoured", sluice::run_check},
    Command{"cache", "look at a cache and take things out", sluice::run_cache},
    Command{"index", "look at and change the search indexes of a Redis", sluice::run_index},
    Command{"eval", "measure which questions the semantic cache takes for the same",
            sluice::run_eval},
    Command{"explain", "say why two questions share an answer, or why not", sluice::run_explain},
    Command{"model", "get the encoders of the semantic cache", sluice::run_model},
    Command{"reload", "make a running gateway read its configuration again", sluice::run_reload},
    Command{"version", "print the version", run_version},
};

int print_help(std::ostream& out, int code) {
  out << "sluice - an LLM gateway that serves LiteLLM configurations\n\nusage: sluice COMMAND "
         "[ARGS]\n\n";
  for (const Command& command : commands) {
    out << "  " << command.name << std::string(10 - command.name.size(), ' ') << command.summary
        << "\n";
  }
  out << "\n`sluice COMMAND --help` tells more. `sluice --config FILE --port N` is short for "
         "`sluice serve`.\n";
  return code;
}

int run(std::string_view program, Args args) {
  const std::string_view name = program.substr(program.rfind('/') + 1);
  if (args.empty()) return name == "litellm" ? sluice::run_serve(args) : print_help(std::cerr, 2);
  if (args[0] == "--help" || args[0] == "-h" || args[0] == "help") return print_help(std::cout, 0);
  for (const Command& command : commands) {
    if (args[0] == command.name) return command.run(args.subspan(1));
  }
  if (args[0].starts_with("-")) return sluice::run_serve(args);
  std::cerr << "sluice: unknown command `" << args[0] << "`\n\n";
  return print_help(std::cerr, 2);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  try {
    return run(argv[0], args);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice: %s\n", error.what());
    return 2;
  }
}
