#pragma once
// Pairs of questions that differ in one thing, with their label: by slots of our own templates, and
// by edits of questions that were given.
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::eval {

struct Pair {
  std::string a, b;
  bool same = false;
  std::string slice;  // "number", "typo", …; empty for pairs from a file
};

// About `per_slice` pairs a slice. Slices that must not hit: number, year, date, unit, entity,
// noun, adjective, verb, language, version, direction, antonym, negation; that must: typo, case,
// politeness, paraphrase. The
// same seed makes the same pairs.
std::vector<Pair> template_pairs(std::size_t per_slice, std::uint64_t seed);

// Minimal edits of `questions`: number and year changed, "not" inserted, a word replaced by its
// opposite, a name replaced by another question's, a common word by another of its kind or by a
// synonym, one typing error in a long word, lower case.
std::vector<Pair> edited_pairs(const std::vector<std::string>& questions, std::size_t per_slice,
                               std::uint64_t seed);

}  // namespace sluice::eval
