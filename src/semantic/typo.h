#pragma once
#include <cstdint>
#include <string_view>

namespace sluice::semantic {

// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other, up to
// `most`; most + 1 when it takes more. Optimal string alignment distance; in bytes.
int edit_distance(std::string_view a, std::string_view b, int most);

// What the dictionary says about a word.
enum class Standing : std::uint8_t { unknown, known, frequent };

// Whether one of two different words is likely a misspelling of the other: one edit, two in long
// words, none of them at the first letter. At most one of them is known, since "form" is no
// misspelling of "from". Where neither is, only edits that fingers make pass in shorter words
// (letters swapped or doubled), since names differ by a letter, too. Forms that differ in meaning
// (is_other_form) never count, unless a frequent word is one edit away. Words of letters only.
bool is_misspelling(std::string_view a, Standing of_a, std::string_view b, Standing of_b);

}  // namespace sluice::semantic
