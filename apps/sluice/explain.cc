#include "sluice/explain.h"

#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "embed/encoder.h"
#include "embed/model_location.h"
#include "semantic/compare.h"
#include "semantic/question.h"

namespace sluice {
namespace {

constexpr std::string_view usage =
    "usage: sluice explain \"QUESTION\" \"STORED QUESTION\" [--threshold T] [--json]\n"
    "\n"
    "Says whether the semantic cache would answer one question with what it stored for another.\n"
    "\n"
    "  --threshold T    the least cosine, as similarity_threshold sets it (default: none, the\n"
    "                   verifier decides)\n"
    "  --similarity S   take this cosine instead of asking the encoder\n"
    "  --model MODEL    the encoder, by its name or file (default: all-MiniLM-L6-v2)\n"
    "  --json           print one JSON object\n"
    "  --help           print this\n"
    "\n"
    "exit code: 0 it would, 1 it would not, 2 the call is wrong or there is no model\n";

struct Options {
  std::vector<std::string_view> questions;
  std::optional<double> threshold, similarity;
  std::string model{embed::default_model};
  bool json = false, help = false;
  std::string problem;
};

std::optional<double> read_share(std::string_view flag, std::string_view text, Options& options) {
  const auto number = json_number(text);
  if (!number || *number < -1 || *number > 1)
    options.problem = std::string(flag) + " wants a number up to 1";
  return number;
}

bool read_value(std::string_view flag, std::string_view value, Options& options) {
  if (flag == "--model") return options.model = value, true;
  if (flag == "--threshold") return options.threshold = read_share(flag, value, options), true;
  if (flag == "--similarity") return options.similarity = read_share(flag, value, options), true;
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
    } else if (arg.starts_with("--")) {
      if (i + 1 == args.size() || !read_value(arg, args[i + 1], options))
        options.problem = "unknown option or missing value: " + std::string(arg);
      i++;
    } else {
      options.questions.push_back(arg);
    }
  }
  if (options.problem.empty() && options.questions.size() != 2)
    options.problem = "wants two questions";
  return options;
}

Result<double> similarity_of(const Options& options) {
  if (options.similarity) return *options.similarity;
  TRY(const std::shared_ptr<const embed::Encoder> encoder,
      embed::Encoder::open(embed::model_file(options.model)));
  std::vector<float> a(static_cast<std::size_t>(encoder->dimensions())), b(a.size());
  encoder->encode(options.questions[0], a);
  encoder->encode(options.questions[1], b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); i++)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

struct Explanation {
  double similarity;
  semantic::Eligibility asked, stored;
  semantic::Comparison comparison;
  bool hit() const { return asked.matchable && stored.matchable && comparison.same; }
};

Explanation explain(const Options& options, double similarity) {
  const auto [asked, stored] = std::pair(options.questions[0], options.questions[1]);
  const semantic::CompareOptions compare{.similarity_threshold = options.threshold};
  return {similarity, semantic::judge_question(asked), semantic::judge_question(stored),
          semantic::compare(asked, stored, similarity, compare)};
}

void print_eligibility(std::string_view which, const semantic::Eligibility& eligible) {
  if (*eligible.reason == '\0') return;
  std::cout << "  " << which << " question "
            << (eligible.matchable ? "is kept for minutes only: " : "is never matched: ")
            << eligible.reason << "\n";
}

void print_text(const Options& options, const Explanation& explanation) {
  const auto& comparison = explanation.comparison;
  std::cout << (explanation.hit() ? "hit" : "miss") << ": " << comparison.reason;
  if (!comparison.detail.empty()) std::cout << " (" << comparison.detail << ")";
  std::cout << "\n";
  print_eligibility("the first", explanation.asked);
  print_eligibility("the second", explanation.stored);
  const std::string lines =
      semantic::describe(options.questions[0], options.questions[1], explanation.similarity);
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    std::cout << "  " << lines.substr(at, end - at) << "\n";
    at = end + 1;
  }
  if (options.threshold) {
    std::printf("  least similarity %.3f\n", *options.threshold);
  } else {
    std::printf("  least probability %.3f\n", semantic::default_least_score);
  }
}

void append_eligibility(std::string& json, std::string_view name,
                        const semantic::Eligibility& eligible) {
  json.append(",\"").append(name).append("\":{\"matchable\":");
  json += eligible.matchable ? "true" : "false";
  json += eligible.time_sensitive ? ",\"time_sensitive\":true" : ",\"time_sensitive\":false";
  json += ",\"reason\":";
  append_json_string(json, eligible.reason);
  json += "}";
}

void print_json(const Explanation& explanation) {
  std::string json = explanation.hit() ? "{\"hit\":true" : "{\"hit\":false";
  json +=
      explanation.comparison.same ? ",\"same\":true,\"reason\":" : ",\"same\":false,\"reason\":";
  append_json_string(json, explanation.comparison.reason);
  json += ",\"detail\":";
  append_json_string(json, explanation.comparison.detail);
  json += ",\"score\":";
  append_json_double(json, explanation.comparison.score);
  json += ",\"similarity\":";
  append_json_double(json, explanation.similarity);
  append_eligibility(json, "asked", explanation.asked);
  append_eligibility(json, "stored", explanation.stored);
  std::cout << json << "}\n";
}

}  // namespace

int run_explain(std::span<const std::string_view> args) {
  const Options options = parse(args);
  if (options.help) {
    std::cout << usage;
    return 0;
  }
  if (!options.problem.empty()) {
    std::cerr << "sluice explain: " << options.problem << "\n\n" << usage;
    return 2;
  }
  const auto similarity = similarity_of(options);
  if (!similarity) {
    std::cerr << "sluice explain: " << similarity.error().message << "\n";
    return 2;
  }
  const Explanation explanation = explain(options, *similarity);
  if (options.json) {
    print_json(explanation);
  } else {
    print_text(options, explanation);
    std::fflush(stdout);
  }
  return explanation.hit() ? 0 : 1;
}

}  // namespace sluice
