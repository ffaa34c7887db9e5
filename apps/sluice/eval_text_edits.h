#pragma once
// Small edits of one text.
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace sluice::eval {

using Random = std::mt19937_64;

// A number below `size`.
std::size_t below(Random& random, std::size_t size);

struct Span {
  std::size_t begin, size;
};
// The runs of Latin letters.
std::vector<Span> words_in(const std::string& text);

// One typing error (two letters swapped, one left out, doubled or replaced by its neighbour on the
// keyboard) inside a word of at least six letters.
std::optional<std::string> with_typo(const std::string& text, Random& random);
// Another case, other punctuation.
std::string with_other_case(const std::string& text, Random& random);
// A polite frame around a question, or contractions.
std::string with_politeness(const std::string& text, Random& random);
// A number of the text replaced by another; only years (1900 to 2099), or only others.
std::optional<std::string> with_other_number(const std::string& text, bool years, Random& random);
// "not" after the first auxiliary verb.
std::optional<std::string> with_negation(const std::string& text);
// A word replaced by its opposite.
std::optional<std::string> with_opposite(const std::string& text, Random& random);

}  // namespace sluice::eval
