#include "sluice/eval.h"

#include <charconv>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/json_write.h"
#include "embed/encoder.h"
#include "embed/model_location.h"
#include "sluice/eval_data.h"
#include "sluice/eval_edits.h"
#include "sluice/eval_report.h"
#include "sluice/eval_sections.h"
#include "sluice/eval_vectors.h"

namespace sluice {
namespace {

constexpr std::string_view usage =
    "usage: sluice eval [--pairs FILE] [--stream FILE] [--html FILE] [--json]\n"
    "\n"
    "Measures which questions the semantic cache takes for the same, beside fixed thresholds, "
    "vCache\n"
    "and GPTCache on the same encoder. Without a file it uses pairs of its own, whose labels are\n"
    "known: questions with one number, name, unit, negation, … changed, and others reworded.\n"
    "\n"
    "  --pairs FILE        labelled pairs, one a line: {\"a\": \"…\", \"b\": \"…\", \"same\": 1}\n"
    "  --stream FILE       queries by intent, as CLINC150's data_full.json holds them\n"
    "  --model MODEL       the encoder, by its name or file (default: all-MiniLM-L6-v2)\n"
    "  --edits N           pairs of each kind of edit (default 1000)\n"
    "  --seeds N           orders in which the stream is played (default 20)\n"
    "  --html FILE         write a report with plots\n"
    "  --write-edits FILE  write the pairs of its own as JSON lines and measure nothing\n"
    "  --json              print one JSON object instead of tables\n"
    "  --help              print this\n";

struct Options {
  std::string pairs, stream, html, write_edits;
  std::string model{embed::default_model};
  std::size_t edits = 1000, seeds = 20;
  bool json = false, help = false;
  std::string problem;
};

void read_count(std::string_view flag, std::string_view text, std::size_t& count,
                Options& options) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0 || count > 1'000'000)
    options.problem = std::string(flag) + " wants a number from 1 to 1000000";
}

// Takes what follows a flag; false for a flag that takes nothing or is not known.
bool read_value(std::string_view flag, std::string_view value, Options& options) {
  if (flag == "--pairs") return options.pairs = value, true;
  if (flag == "--stream") return options.stream = value, true;
  if (flag == "--model") return options.model = value, true;
  if (flag == "--html") return options.html = value, true;
  if (flag == "--write-edits") return options.write_edits = value, true;
  if (flag == "--edits") return read_count(flag, value, options.edits, options), true;
  if (flag == "--seeds") return read_count(flag, value, options.seeds, options), true;
  return false;
}

Options parse(std::span<const std::string_view> args) {
  Options options;
  for (std::size_t i = 0; i < args.size() && options.problem.empty(); i++) {
    const auto arg = args[i];
    if (arg == "--json") {
      options.json = true;
    } else if (arg == "--help" || arg == "-h") {
      options.help = true;
    } else if (i + 1 < args.size() && read_value(arg, args[i + 1], options)) {
      i++;
    } else {
      options.problem = "unknown option or missing value: " + std::string(arg);
    }
  }
  return options;
}

std::vector<std::string> texts_of(const std::vector<eval::Pair>& pairs) {
  std::vector<std::string> texts;
  for (const auto& pair : pairs) {
    texts.push_back(pair.a);
    texts.push_back(pair.b);
  }
  return texts;
}

std::vector<std::string> texts_of(const std::vector<eval::Query>& queries) {
  std::vector<std::string> texts;
  for (const auto& query : queries) texts.push_back(query.text);
  return texts;
}

Status write_edits(const std::string& file, const std::vector<eval::Pair>& pairs) {
  std::ofstream out(file);
  for (const auto& pair : pairs) {
    std::string line = "{\"a\":";
    append_json_string(line, pair.a);
    line += ",\"b\":";
    append_json_string(line, pair.b);
    line += pair.same ? ",\"same\":1,\"slice\":" : ",\"same\":0,\"slice\":";
    append_json_string(line, pair.slice);
    out << line << "}\n";
  }
  if (!out.flush()) return fail(client_error(file + ": cannot be written"));
  return Done{};
}

// The same questions on every machine.
constexpr std::uint64_t seed_of_edits = 11;

class Evaluation {
 public:
  explicit Evaluation(const Options& options) : options_(options) {}

  Status run() {
    const auto own = eval::template_pairs(options_.edits, seed_of_edits);
    if (!options_.write_edits.empty()) return write_edits(options_.write_edits, own);
    TRY(encoder_, open_encoder());
    report_.model = encoder_->name();
    report_.command = command();
    vectors_.add(*encoder_, texts_of(own), "encoding own questions");
    report_.tables.push_back(
        eval::slices_table("own_edits", "Edits of questions from templates", own, vectors_));
    if (!options_.pairs.empty()) {
      if (Status done = measure_pairs(); !done) return done;
    }
    if (!options_.stream.empty()) {
      if (Status done = measure_stream(); !done) return done;
    }
    return write_html();
  }

  const eval::Report& report() const { return report_; }

 private:
  Result<std::shared_ptr<const embed::Encoder>> open_encoder() const {
    return embed::Encoder::open(embed::model_file(options_.model));
  }

  std::string command() const {
    std::string text = "sluice eval";
    const auto add = [&](std::string_view flag, const std::string& value) {
      if (!value.empty()) text.append(" ").append(flag).append(" ").append(value);
    };
    add("--pairs", options_.pairs);
    add("--stream", options_.stream);
    add("--edits", std::to_string(options_.edits));
    if (!options_.stream.empty()) add("--seeds", std::to_string(options_.seeds));
    return text;
  }

  void measure_edits(const std::string& name, const std::vector<std::string>& questions) {
    const auto edits = eval::edited_pairs(questions, options_.edits, seed_of_edits);
    vectors_.add(*encoder_, texts_of(edits), "encoding edits");
    report_.tables.push_back(eval::slices_table(
        name + "_edits", "Edits of the questions in the " + name, edits, vectors_));
  }

  Status measure_pairs() {
    TRY(const std::vector<eval::Pair> pairs, eval::read_pairs(options_.pairs));
    const auto texts = texts_of(pairs);
    vectors_.add(*encoder_, texts, "encoding pairs");
    measure_edits("pairs", texts);
    eval::add_pairs(report_, pairs, vectors_);
    return Done{};
  }

  Status measure_stream() {
    TRY(const std::vector<eval::Query> queries, eval::read_queries(options_.stream));
    const auto texts = texts_of(queries);
    vectors_.add(*encoder_, texts, "encoding the stream");
    measure_edits("stream", texts);
    eval::add_stream(report_, queries, vectors_, {.seeds = options_.seeds});
    return Done{};
  }

  Status write_html() const {
    if (options_.html.empty()) return Done{};
    std::ofstream out(options_.html);
    eval::print_html(report_, out);
    if (!out.flush()) return fail(client_error(options_.html + ": cannot be written"));
    return Done{};
  }

  const Options& options_;
  std::shared_ptr<const embed::Encoder> encoder_;
  eval::Vectors vectors_;
  eval::Report report_;
};

}  // namespace

int run_eval(std::span<const std::string_view> args) {
  const Options options = parse(args);
  if (options.help) {
    std::cout << usage;
    return 0;
  }
  if (!options.problem.empty()) {
    std::cerr << "sluice eval: " << options.problem << "\n\n" << usage;
    return 2;
  }
  Evaluation evaluation(options);
  if (const Status done = evaluation.run(); !done) {
    std::cerr << "sluice eval: " << done.error().message << "\n";
    return 1;
  }
  if (!options.write_edits.empty()) return 0;
  if (options.json) {
    eval::print_json(evaluation.report(), std::cout);
  } else {
    eval::print_text(evaluation.report(), std::cout);
  }
  return 0;
}

}  // namespace sluice
