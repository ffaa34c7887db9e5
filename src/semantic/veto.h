#pragma once
// Reasons why two questions ask for different answers however near their embeddings are. Each looks
// at one thing.
#include <optional>
#include <string>

#include "semantic/alignment.h"

namespace sluice::semantic {

struct Difference {
  const char* reason;  // static text, without any word of the questions
  std::string detail;  // the words; never logged
};
using Verdict = std::optional<Difference>;

Verdict language_differs(const Pair& pair);
Verdict literal_differs(const Pair& pair);   // code, URLs, addresses, paths, identifiers
Verdict foreign_differs(const Pair& pair);   // words of scripts that the encoder does not know
Verdict number_differs(const Pair& pair);    // and ordinals, years, versions, their order
Verdict operator_differs(const Pair& pair);  // of arithmetic and comparisons
Verdict unit_differs(const Pair& pair);
Verdict kind_differs(const Pair& pair);  // places, languages, months, programming languages, …
Verdict negation_differs(const Pair& pair);
Verdict opposite_differs(const Pair& pair);
Verdict name_differs(const Pair& pair);  // unknown words, capitals, single letters, quoted words
Verdict role_differs(const Pair& pair);  // who does what to whom; from where to where
Verdict asked_differs(const Pair& pair);
Verdict mood_differs(const Pair& pair);    // "did I add it", "add it"
Verdict person_differs(const Pair& pair);  // "my name", "your name"
Verdict tense_differs(const Pair& pair);
Verdict length_differs(const Pair& pair);
Verdict place_differs(const Pair& pair);        // a question word for content in the same place
Verdict replacement_differs(const Pair& pair);  // content for other content in the same place

// The first of all of the above.
Verdict first_difference(const Pair& pair);

}  // namespace sluice::semantic
