#include "semantic/typo.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "semantic/word_forms.h"

namespace sluice::semantic {
namespace {

constexpr std::size_t longest_word = 40;
constexpr std::size_t shortest_word = 4;
constexpr std::size_t shortest_unknown = 6;
// From this length on, two edits, and any one edit between two words of which neither is known.
constexpr std::size_t long_word = 8;

bool all_letters(std::string_view word) {
  return std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
}

// Two neighbours swapped, or a letter doubled.
bool is_slip_of_fingers(std::string_view a, std::string_view b) {
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  if (a.size() == b.size())
    return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
           a.substr(at + 2) == b.substr(at + 2);
  const std::string_view longer = a.size() > b.size() ? a : b;
  return at > 0 && at < longer.size() && longer[at] == longer[at - 1];
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b, int most) {
  const auto longer = static_cast<int>(std::max(a.size(), b.size()));
  const auto shorter = static_cast<int>(std::min(a.size(), b.size()));
  if (longer - shorter > most || longer > static_cast<int>(longest_word)) return most + 1;
  using Row = std::array<int, longest_word + 1>;
  std::array<Row, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); j++) rows[0][j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); i++) {
    Row& row = rows[i % 3];
    const Row& above = rows[(i + 2) % 3];
    const Row& two_above = rows[(i + 1) % 3];
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (std::size_t j = 1; j <= b.size(); j++) {
      const int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, above[j] + 1, row[j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], two_above[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
  }
  return std::min(rows[a.size() % 3][b.size()], most + 1);
}

bool is_misspelling(std::string_view a, Standing of_a, std::string_view b, Standing of_b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  const bool none_known = of_a == Standing::unknown && of_b == Standing::unknown;
  if ((of_a != Standing::unknown && of_b != Standing::unknown) || shorter < shortest_word ||
      !all_letters(a) || !all_letters(b))
    return false;
  const bool swapped_start = a[0] == b[1] && a[1] == b[0];
  if (a[0] != b[0] && !swapped_start) return false;
  if (none_known) {
    const bool close = edit_distance(a, b, 1) <= 1 && !is_other_form(a, b);
    if (!close || shorter < shortest_unknown) return false;
    return (shorter >= long_word && a.back() == b.back()) || is_slip_of_fingers(a, b);
  }
  const int allowed = shorter >= long_word ? 2 : 1;
  const int edits = edit_distance(a, b, allowed);
  if (edits > allowed) return false;
  const bool frequent = of_a == Standing::frequent || of_b == Standing::frequent;
  return (edits == 1 && frequent) || !is_other_form(a, b);
}

}  // namespace sluice::semantic
