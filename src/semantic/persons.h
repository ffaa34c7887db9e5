#pragma once
#include <algorithm>
#include <array>
#include <string_view>

#include "semantic/analysis.h"

namespace sluice::semantic {

// "I", "me", "you", …
inline bool is_person(const Token& token) {
  constexpr auto persons = std::to_array<std::string_view>({"i", "you", "he", "she", "we", "they"});
  return std::ranges::find(persons, token.canonical) != persons.end();
}

}  // namespace sluice::semantic
