// Names, literals and other languages: what only stands for itself.
#include <algorithm>

#include "semantic/veto.h"

namespace sluice::semantic {
namespace {

Verdict unmatched_of(const Pair& pair, TokenType type, const char* reason) {
  Verdict verdict;
  pair.each_unmatched([&](const Token& token, const Analysis&, bool) {
    if (token.type == type && !verdict) verdict = Difference{reason, std::string(token.text)};
  });
  return verdict;
}

// A capital makes a name of any word but the ones that carry no content.
bool is_name(const Token& token) {
  if (token.type != TokenType::word || token.canonical == "'s") return false;
  if (token.quoted && token.weight > 0) return true;
  if (token.word == nullptr) return true;
  if (token.text.size() == 1 && token.text != "i" && token.text != "u") return token.weight > 0;
  if (token.word->has(function_word)) return false;
  return (token.capital && !token.word->has(weak_word)) || token.word->has(proper_name);
}

}  // namespace

Verdict language_differs(const Pair& pair) {
  if (pair.a.language() == 0 || pair.b.language() == 0 || pair.a.language() == pair.b.language())
    return {};
  return Difference{"languages differ", {pair.a.language(), '/', pair.b.language()}};
}

Verdict literal_differs(const Pair& pair) {
  return unmatched_of(pair, TokenType::literal, "code, addresses or identifiers differ");
}

// Word order carries meaning that nothing here can judge in other scripts: it must be the same.
Verdict foreign_differs(const Pair& pair) {
  constexpr const char* reason = "words in another script differ";
  if (Verdict verdict = unmatched_of(pair, TokenType::foreign, reason)) return verdict;
  std::ptrdiff_t last = -1;
  for (std::size_t i = 0; i < pair.a.tokens().size(); i++) {
    if (pair.token_a(i).type != TokenType::foreign) continue;
    const std::ptrdiff_t j = pair.alignment.of_a[i].index;
    if (j < last) return Difference{reason, std::string(pair.token_a(i).text)};
    last = j;
  }
  return {};
}

Verdict name_differs(const Pair& pair) {
  Verdict verdict;
  pair.each_unmatched([&](const Token& token, const Analysis&, bool) {
    if (is_name(token) && !verdict)
      verdict = Difference{"names or unknown words differ", std::string(token.text)};
  });
  return verdict;
}

}  // namespace sluice::semantic
