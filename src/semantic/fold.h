#pragma once
// Text as the comparison sees it: one spelling for what people type in many ways.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::semantic {

// Which writing a code point belongs to. Letters of `alphabet` form words; those of `syllables`
// (Chinese, Japanese, Korean, Thai, …) and `sign` (emoji and the rest) stand for themselves.
enum class Script : std::uint8_t { latin, alphabet, syllables, sign };

Script script_of(std::uint32_t code_point);

// UTF-8 in which Latin letters have no accents, digits of all scripts are ASCII, full-width forms,
// quotes, dashes and spaces are the plain ones, currencies and degrees are words, and letters of
// other alphabets are lower case. `plain` keeps the case of Latin letters, `lower` does not; both
// have the same length. `accents` has one value per byte, not 0 where an accent was removed.
// A byte that is not UTF-8 becomes U+FFFD.
struct Folded {
  std::string plain;
  std::string lower;
  std::vector<std::uint8_t> accents;
};

Folded fold(std::string_view text);

}  // namespace sluice::semantic
