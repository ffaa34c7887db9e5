#pragma once
// Folded text → tokens, before words are looked up.
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "semantic/analysis.h"
#include "semantic/fold.h"

namespace sluice::semantic {

// The tokens point into `text.lower`, or into `kept` where they are written otherwise (contractions
// are written out). At most `most` of them.
std::vector<Token> scan(const Folded& text, std::deque<std::string>& kept, std::size_t most);

}  // namespace sluice::semantic
