#pragma once
// Numbers as people write them, with one canonical form each.
#include <deque>
#include <string>
#include <vector>

#include "semantic/analysis.h"

namespace sluice::semantic {

// Makes number and ordinal tokens of digits and of words: "1,000", "1k", "one thousand" → 1000;
// "3rd", "third" → 3rd; "World War II" → 2; "1990s" stays apart from 1990. Words are looked up.
void read_numbers(std::vector<Token>& tokens, std::deque<std::string>& kept);

}  // namespace sluice::semantic
