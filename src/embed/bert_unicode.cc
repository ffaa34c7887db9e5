#include "embed/bert_unicode.h"

#include <algorithm>
#include <array>

namespace sluice::embed {

namespace {

struct Range {
  char32_t first, last;
};
// `value`: of removed marks, whether the combining class is not 0; of kept ones, that class.
struct MarkRange {
  char32_t first, last;
  std::uint8_t value;
};
struct Decomposition {
  char32_t from;
  char32_t to[3];  // 0 after the last
};
struct CasePair {
  char32_t from, to;
};

#include "embed/bert_unicode.inc"

// The range that holds `point`, or null.
template <class Table>
const typename Table::value_type* find_range(const Table& table, char32_t point) {
  const auto above = std::ranges::upper_bound(table, point, {}, &Table::value_type::first);
  if (above == table.begin()) return nullptr;
  const auto& range = *std::prev(above);
  return point <= range.last ? &range : nullptr;
}

template <class Table>
const typename Table::value_type* find_point(const Table& table, char32_t point) {
  const auto at = std::ranges::lower_bound(table, point, {}, &Table::value_type::from);
  return at != table.end() && at->from == point ? &*at : nullptr;
}

// Hangul syllables decompose by arithmetic: Unicode Standard, section 3.12.
constexpr char32_t first_syllable = 0xac00, last_syllable = 0xd7a3;

Stripped decompose_syllable(char32_t point) {
  constexpr char32_t vowels = 21, trails = 28;
  const char32_t index = point - first_syllable;
  const char32_t trail = index % trails;
  return {.points = {0x1100 + index / (vowels * trails), 0x1161 + index / trails % vowels,
                     0x11a7 + trail},
          .count = trail == 0 ? 2 : 3};
}

}  // namespace

bool is_dropped(char32_t point) { return find_range(dropped, point) != nullptr; }
bool is_space(char32_t point) { return find_range(spaces, point) != nullptr; }
bool is_punctuation(char32_t point) { return find_range(punctuation, point) != nullptr; }
bool is_ideograph(char32_t point) { return find_range(ideographs, point) != nullptr; }

Stripped strip_accents(char32_t point) {
  if (point >= first_syllable && point <= last_syllable) return decompose_syllable(point);
  if (const MarkRange* mark = find_range(removed_marks, point))
    return {.ends_run = mark->value == 0};
  const Decomposition* found = find_point(decompositions, point);
  if (found == nullptr) return {.points = {point}, .count = 1};
  Stripped stripped;
  for (const char32_t part : found->to)
    if (part != 0) stripped.points[stripped.count++] = part;
  return stripped;
}

int combining_class(char32_t point) {
  const MarkRange* mark = find_range(kept_marks, point);
  return mark == nullptr ? 0 : mark->value;
}

char32_t lower_case(char32_t point) {
  const CasePair* pair = find_point(lower_case_pairs, point);
  return pair == nullptr ? point : pair->to;
}

}  // namespace sluice::embed
