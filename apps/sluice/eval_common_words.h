#pragma once
// Common words by kind, from which `sluice eval` makes questions that differ in a single one of
// them. Chosen without a look at the lists of src/semantic, which they are to test.
#include <string_view>

namespace sluice::eval {

// "name class: value, value, …" as in eval_templates.h, with the classes noun, adjective and verb.
// No two values of a kind mean the same, and nouns have a regular plural or none.
extern const std::string_view common_word_kinds;

// Templates as in eval_templates.h, with these kinds in their slots.
extern const std::string_view common_word_templates;

// "word word": either may stand for the other in most questions.
extern const std::string_view synonym_pairs;

}  // namespace sluice::eval
