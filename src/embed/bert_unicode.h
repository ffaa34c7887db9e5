#pragma once
// What BERT's normalisation knows about code points. The tables were taken from HuggingFace's
// `tokenizers`, whose behaviour the models were trained with, not from one version of Unicode
// (tools/make_bert_tables.py). Pure; any thread.
#include <cstdint>
#include <span>

namespace sluice::embed {

// Control, format and private characters, which cleaning drops.
bool is_dropped(char32_t point);
bool is_space(char32_t point);
bool is_punctuation(char32_t point);
// Chinese ideographs: each is a word of its own.
bool is_ideograph(char32_t point);

// A code point as accent stripping leaves it.
struct Stripped {
  char32_t points[3] = {};
  int count = 0;
  bool ends_run = true;  // what was removed was no combining mark that reordering may pass over

  std::span<const char32_t> span() const { return {points, static_cast<std::size_t>(count)}; }
};
// The canonical decomposition (NFD) without non-spacing marks.
Stripped strip_accents(char32_t point);
// Canonical combining class of what strip_accents() leaves; 0 for all but a few marks.
int combining_class(char32_t point);

// Simple lower case; İ (U+0130) is left to the caller, being the only one with two code points.
char32_t lower_case(char32_t point);

}  // namespace sluice::embed
