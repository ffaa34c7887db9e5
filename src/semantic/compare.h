#pragma once
// Whether two questions ask for the same answer. Pure; any thread; about 10 µs for a question of
// ten words. What may be matched at all is question.h's business.
//
//   const Comparison verdict = compare(asked, stored, cosine, {});
//   if (verdict.same) serve(stored_answer);
#include <optional>
#include <string>
#include <string_view>

namespace sluice::semantic {

// Candidates with a lower cosine need no comparison. Only misspelled questions reach down to here:
// for others the verifier asks for much more.
constexpr double lowest_similarity = 0.60;

// The verifier's probability from which on a question counts as the same. Chosen for a hit
// precision of 99 % on streams of short questions (docs/semantic-cache.md); it holds for
// all-MiniLM-L6-v2, whose cosines the verifier was fitted on.
constexpr double default_least_score = 0.976;

struct CompareOptions {
  // The least cosine, where the operator set one or the encoder is not the built-in one. Then the
  // verifier has no say. Without it the verifier decides.
  std::optional<double> similarity_threshold;
  double least_score = default_least_score;
  // Whether words may rule a pair out; off only for encoders that are trusted to see the difference
  // between "2023" and "2024".
  bool vetoes = true;
};

struct Comparison {
  bool same;
  const char* reason;  // static text without any word of the questions: for logs and metrics
  std::string detail;  // the words that decided; for debugging and explaining, never logged
  double score;        // 0 to 1: the cosine under a similarity_threshold, else the probability
};

// `similarity` is the cosine of the embeddings. Symmetric in the questions. Any bytes are a
// question.
Comparison compare(std::string_view asked, std::string_view stored, double similarity,
                   const CompareOptions& options);

// Builds the word tables now; the first comparison does it otherwise, and takes 30 ms longer.
void prepare_comparisons();

// What the verifier sees in a pair, for `sluice cache explain`: one line each, "similarity 0.930".
std::string describe(std::string_view asked, std::string_view stored, double similarity);

}  // namespace sluice::semantic
