#pragma once
// English contractions, with and without their apostrophe.
#include <string_view>

namespace sluice::semantic {

// "won't" and "wont" → "will not"; empty for other words.
std::string_view without_contraction(std::string_view word);
// What an ending after the apostrophe stands for: "re" → "are". Empty for other endings, and for
// "s", which a possessive has, too.
std::string_view of_ending(std::string_view ending);

}  // namespace sluice::semantic
