#pragma once
// What is known about words: how rare, which spelling is the canonical one, what they are opposite
// to, near to, or one of a kind with. Built once from tables.h; any thread.
#include <cstdint>
#include <span>
#include <string_view>

namespace sluice::semantic {

// Bits of Word::traits.
enum Trait : std::uint16_t {
  function_word = 1,  // carries no content
  weak_word = 2,      // carries little
  negator = 4,
  marker = 8,         // a preposition or the like
  unit = 16,          // of measure
  number_word = 32,   // canonical is its value: "12", "3rd", "x2"
  common = 64,        // in a dictionary, rather than only in one of our lists
  proper_name = 128,  // of a person, place or the like, and no other word
};

struct Word {
  std::string_view canonical;  // lives as long as the process
  std::uint8_t rarity = 0;     // 0 the most frequent to 15
  std::uint16_t traits = 0;
  std::uint16_t kind = 0;                           // number of a row of tables::kinds, 0 = none
  std::uint32_t first_opposite = 0, opposites = 0;  // places in the lists that are_opposites reads
  std::uint32_t first_synonym = 0, synonyms = 0;

  bool has(Trait trait) const { return (traits & trait) != 0; }
};

// `word` is lower case (Folded::lower). Regular inflections are undone ("cities", "stopped").
// nullptr: unknown.
const Word* find_word(std::string_view word);

bool are_opposites(const Word& a, const Word& b);
bool are_synonyms(const Word& a, const Word& b);
// The name of a kind, for people; whether naming one member narrows a question.
std::string_view kind_name(std::uint16_t kind);
bool kind_narrows(std::uint16_t kind);

// One row of tables::phrases; lists of words.
struct Phrase {
  std::span<const std::string_view> from, to;
  bool at_start = false;  // only counts at the beginning of a question
};
// The phrases that begin with `word`, the longest first.
std::span<const Phrase> phrases_from(std::string_view word);

// The languages, as a set of bits of language_letters, that `word` is a function word of.
constexpr std::string_view language_letters = "esfdipn";
std::uint8_t languages_of(std::string_view word);

}  // namespace sluice::semantic
