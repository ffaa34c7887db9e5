#pragma once
// The word lists of the comparison, as text: one row a line. lexicon.cc reads them once.
#include <span>
#include <string_view>

namespace sluice::semantic::tables {

constexpr int names_from = 100;
struct RarityClass {
  int rarity;  // 0 the most frequent, 15 the rarest; and names_from more for names

  std::string_view words;
};
extern const std::span<const RarityClass> common_words;

// "canonical: variant variant": spellings, irregular forms and abbreviations of one word.
extern const std::string_view variants;
// "word word": near enough to stand for each other in a question; and such words from WordNet.
extern const std::string_view synonyms;
extern const std::string_view common_synonyms;
// "word word | word word": a word of one side never stands for one of the other.
extern const std::string_view opposites;
// "name: member member": kinds of which two members are never the same thing. "name!": naming one
// where the other question names none makes it another question, too. '_' joins the words of a
// name.
extern const std::string_view kinds;
// "words => words": what is said in several words, with one way to say it; nothing after the arrow
// leaves the words out.
extern const std::string_view phrases;
// "canonical: variant …": units of measure.
extern const std::string_view units;
// "value: word …": numbers in words.
extern const std::string_view number_words;
// Words that carry no content; words that carry little.
extern const std::string_view function_words;
extern const std::string_view weak_words;
// Words that negate what they stand beside.
extern const std::string_view negators;
// Prepositions and the like, which say what part the next word plays.
extern const std::string_view markers;

// "letter: word …": function words by language, for telling languages apart.
extern const std::string_view language_words;

}  // namespace sluice::semantic::tables
