#include "semantic/compare.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "semantic/verifier.h"
#include "semantic/veto.h"

namespace sluice::semantic {
namespace {

bool carries_nothing(const Token& token) { return token.text == "'s"; }

// Every word has its partner, in the same order, and no partner is more than another spelling.
bool differ_in_spelling_only(const Pair& pair) {
  const auto spelled = [](const std::vector<Token>& tokens, const std::vector<Partner>& partners) {
    std::int16_t last = -1;
    for (std::size_t i = 0; i < tokens.size(); i++) {
      const auto [index, match] = partners[i];
      if (carries_nothing(tokens[i])) continue;
      const bool spelling =
          match == Match::exact || match == Match::misspelled || match == Match::joined;
      if (!spelling || index < last) return false;
      last = index;
    }
    return true;
  };
  return spelled(pair.a.tokens(), pair.alignment.of_a) &&
         spelled(pair.b.tokens(), pair.alignment.of_b);
}

Comparison judge_words(const Pair& pair, double similarity, const CompareOptions& options) {
  if (options.vetoes) {
    if (Verdict difference = first_difference(pair))
      return {false, difference->reason, std::move(difference->detail), 0};
  }
  if (options.similarity_threshold) {
    const bool near = similarity >= *options.similarity_threshold;
    return {near, near ? "similar" : "not similar enough", {}, similarity};
  }
  const double score = probability(features_of(pair, similarity));
  if (differ_in_spelling_only(pair))
    return {true, "the same words", {}, std::max(score, options.least_score)};
  const bool same = score >= options.least_score;
  return {same, same ? "same question" : "not surely the same question", {}, score};
}

void append_line(std::string& out, std::string_view name, double value) {
  std::array<char, 32> room;
  const auto [end, error] =
      std::to_chars(room.data(), room.data() + room.size(), value, std::chars_format::fixed, 3);
  out.append(name).append(" ").append(room.data(), end).append("\n");
}

}  // namespace

Comparison compare(std::string_view asked, std::string_view stored, double similarity,
                   const CompareOptions& options) {
  similarity = std::isfinite(similarity) ? std::clamp(similarity, -1.0, 1.0) : -1;
  if (!options.vetoes && options.similarity_threshold) {
    const bool near = similarity >= *options.similarity_threshold;
    return {near, near ? "similar" : "not similar enough", {}, similarity};
  }
  // One order for both, so that the verdict is the same when the questions change places.
  const Analysis a(std::min(asked, stored)), b(std::max(asked, stored));
  if (a.cut() || b.cut()) return {false, "too long to compare", {}, 0};
  if (a.tokens().empty() || b.tokens().empty())
    return {asked == stored,
            asked == stored ? "equal" : "holds no words",
            {},
            asked == stored ? 1. : 0};
  const Alignment alignment = align(a, b);
  return judge_words({a, b, alignment}, similarity, options);
}

void prepare_comparisons() { find_word(""); }

std::string describe(std::string_view asked, std::string_view stored, double similarity) {
  const Analysis a(std::min(asked, stored)), b(std::max(asked, stored));
  const Alignment alignment = align(a, b);
  const Features features = features_of({a, b, alignment}, similarity);
  std::string out;
  append_line(out, "similarity", features.similarity);
  append_line(out, "content replaced", features.replaced);
  append_line(out, "content added", features.added);
  append_line(out, "probability", probability(features));
  return out;
}

}  // namespace sluice::semantic
