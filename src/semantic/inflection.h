#pragma once
// Regular inflections of English.
#include <string>
#include <string_view>

namespace sluice::semantic {

// Calls `found(base)` for each word that `word` may be a regular plural, past or -ing form of, the
// likeliest first, until it returns true. Returns whether it did.
template <class Found>
bool any_base_of(std::string_view word, Found found) {
  const auto without = [&](std::size_t letters) { return word.substr(0, word.size() - letters); };
  const auto with = [](std::string_view stem, char letter) { return std::string(stem) + letter; };
  if (word.size() > 4 && word.ends_with("ies") && found(with(without(3), 'y'))) return true;
  if (word.size() > 4 && word.ends_with("es") && found(std::string(without(2)))) return true;
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") &&
      !word.ends_with("is") && found(std::string(without(1))))
    return true;
  const std::size_t ending = word.ends_with("ing") ? 3 : word.ends_with("ed") ? 2 : 0;
  if (ending == 0 || word.size() < ending + 3 || word.ends_with("eed")) return false;
  const std::string_view stem = without(ending);
  if (ending == 2 && stem.ends_with('i') && found(with(stem.substr(0, stem.size() - 1), 'y')))
    return true;
  if (found(with(stem, 'e')) || found(std::string(stem))) return true;
  return stem[stem.size() - 1] == stem[stem.size() - 2] &&
         found(std::string(stem.substr(0, stem.size() - 1)));
}

}  // namespace sluice::semantic
