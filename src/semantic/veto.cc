#include "semantic/veto.h"

#include <array>

namespace sluice::semantic {

// From the most telling reason to the least, since the first is the one that people read.
Verdict first_difference(const Pair& pair) {
  constexpr std::array vetoes{
      language_differs, literal_differs,     foreign_differs,  number_differs, unit_differs,
      operator_differs, negation_differs,    opposite_differs, kind_differs,   name_differs,
      role_differs,     asked_differs,       mood_differs,     person_differs, tense_differs,
      place_differs,    replacement_differs, length_differs};
  for (const auto veto : vetoes) {
    if (Verdict verdict = veto(pair)) return verdict;
  }
  return {};
}

}  // namespace sluice::semantic
