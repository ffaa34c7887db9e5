#include "sluice/eval_word_edits.h"

#include "sluice/eval_common_words.h"
#include "sluice/eval_tables.h"

namespace sluice::eval {
namespace {

bool begins_with_vowel(std::string_view word) {
  return !word.empty() && std::string_view("aeiouAEIOU").contains(word[0]) &&
         !word.starts_with("uni") && !word.starts_with("use") && !word.starts_with("one") &&
         !word.starts_with("uku");
}

}  // namespace

std::string with_right_articles(const std::string& text) {
  std::string fixed;
  std::size_t copied = 0;
  const auto words = words_in(text);
  for (std::size_t i = 0; i + 1 < words.size(); i++) {
    const std::string_view article = std::string_view(text).substr(words[i].begin, words[i].size);
    const std::size_t end = words[i].begin + words[i].size;
    if ((article != "a" && article != "an") || words[i + 1].begin != end + 1 || text[end] != ' ')
      continue;
    const bool vowel = begins_with_vowel(std::string_view(text).substr(words[i + 1].begin));
    fixed.append(text, copied, words[i].begin - copied).append(vowel ? "an" : "a");
    copied = end;
  }
  return fixed.append(text, copied);
}

CommonWords::CommonWords() {
  for (const auto& [name, slot] : all_slots()) {
    for (const auto value : slot.values) {
      for (const auto other : slot.values) {
        if (other != value) by_slice_[slot.slice][value].push_back(other);
      }
    }
  }
  for (const auto row : split(synonym_pairs, "\n")) {
    const auto pair = split(row, " ");
    if (pair.size() != 2) continue;
    synonyms_[pair[0]].push_back(pair[1]);
    synonyms_[pair[1]].push_back(pair[0]);
  }
}

std::optional<std::string> CommonWords::with_another(const std::string& text,
                                                     std::string_view slice, Random& random) const {
  return replaced(text, by_slice_.at(slice), random);
}

std::optional<std::string> CommonWords::with_synonym(const std::string& text,
                                                     Random& random) const {
  return replaced(text, synonyms_, random);
}

std::optional<std::string> CommonWords::replaced(const std::string& text, const Others& others,
                                                 Random& random) {
  std::vector<std::string> edits;
  for (const Span span : words_in(text)) {
    std::string_view word = std::string_view(text).substr(span.begin, span.size);
    auto found = others.find(word);
    if (found == others.end() && word.ends_with('s')) {
      word.remove_suffix(1);  // and the other word gets it
      found = others.find(word);
    }
    if (found == others.end()) continue;
    const auto other = found->second[below(random, found->second.size())];
    std::string edit = text;
    edits.push_back(edit.replace(span.begin, word.size(), other));
  }
  if (edits.empty()) return {};
  return with_right_articles(edits[below(random, edits.size())]);
}

}  // namespace sluice::eval
