#include "semantic/lexicon.h"

#include <algorithm>
#include <bit>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "semantic/inflection.h"
#include "semantic/tables.h"

namespace sluice::semantic {
namespace {

// Names that only stand in a list of kinds, units or variants are about as rare as this.
constexpr std::uint8_t rarity_of_names = 11;

template <class Take>
void for_each_part(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

class Lexicon {
 public:
  Lexicon() {
    words_.reserve(50'000);
    lists_.push_back(0);
    add_common();
    add_variants(tables::variants, 0);
    add_variants(tables::units, unit);
    add_trait(tables::function_words, function_word);
    add_trait(tables::weak_words, weak_word);
    add_trait(tables::negators, negator);
    add_trait(tables::markers, marker);
    add_kinds();
    add_opposites();
    add_synonyms();
    add_number_words();
    add_phrases();
    add_languages();
  }

  const Word* find(std::string_view word) const {
    const auto at = words_.find(word);
    return at == words_.end() ? nullptr : &at->second;
  }
  std::span<const std::int32_t> list(std::uint32_t first, std::uint32_t size) const {
    return {lists_.data() + first, size};
  }
  struct Kind {
    std::string_view name;
    bool narrows;
  };
  std::vector<Kind> kinds{{"", false}};
  std::unordered_map<std::string_view, std::vector<Phrase>> phrases;
  std::unordered_map<std::string_view, std::uint8_t> languages;

 private:
  Word& word(std::string_view text, std::uint8_t rarity = rarity_of_names) {
    const auto [at, added] = words_.try_emplace(text);
    if (added) at->second = Word{.canonical = text, .rarity = rarity};
    return at->second;
  }

  void add_common() {
    for (const auto& row : tables::common_words) {
      const bool names = row.rarity >= tables::names_from;
      const auto rarity = static_cast<std::uint8_t>(row.rarity - (names ? tables::names_from : 0));
      for_each_part(row.words, ' ', [&](std::string_view text) {
        word(text, rarity).traits |= names ? proper_name : common;
      });
    }
  }

  void add_variants(std::string_view table, std::uint16_t traits) {
    for_each_part(table, '\n', [&](std::string_view row) {
      const std::size_t colon = row.find(':');
      const std::string_view canonical = row.substr(0, colon);
      const Word of_canonical = word(canonical);
      word(canonical).traits |= traits;
      for_each_part(row.substr(colon + 1), ' ', [&](std::string_view text) {
        Word& variant = word(text, of_canonical.rarity);
        variant.canonical = canonical;
        variant.rarity = of_canonical.rarity;
        variant.traits |= traits;
      });
    });
  }

  void add_trait(std::string_view table, Trait trait) {
    for_each_part(table, '\n', [&](std::string_view row) {
      for_each_part(row, ' ', [&](std::string_view text) { word(text).traits |= trait; });
    });
  }

  void add_kinds() {
    for_each_part(tables::kinds, '\n', [&](std::string_view row) {
      const std::size_t colon = row.find(':');
      const bool narrows = row[colon - 1] == '!';
      kinds.push_back({row.substr(0, colon - (narrows ? 1 : 0)), narrows});
      for_each_part(row.substr(colon + 1), ' ', [&](std::string_view text) {
        // The first kind that lists a word has it; others only know it by their own members.
        std::uint16_t& kind = word(text).kind;
        if (kind == 0) kind = static_cast<std::uint16_t>(kinds.size() - 1);
      });
    });
    for (auto& [text, entry] : words_) {
      if (entry.kind == 0 && entry.canonical != text) entry.kind = words_[entry.canonical].kind;
    }
  }

  using Rows = std::unordered_map<std::string_view, std::vector<std::int32_t>>;

  // A row of opposites has a positive number on the words of its left side, a negative one on the
  // others; a word is its canonical form here.
  void add_opposites() {
    Rows rows;
    std::int32_t number = 0;
    for_each_part(tables::opposites, '\n', [&](std::string_view row) {
      number++;
      std::int32_t sign = 1;
      for_each_part(row, ' ', [&](std::string_view text) {
        if (text == "|") {
          sign = -1;
        } else {
          rows[inflected(text)].push_back(sign * number);
        }
      });
    });
    store(rows, &Word::first_opposite, &Word::opposites);
  }

  void add_synonyms() {
    Rows rows;
    std::int32_t number = 0;
    for (const auto table : {tables::synonyms, tables::common_synonyms}) {
      for_each_part(table, '\n', [&](std::string_view row) {
        number++;
        for_each_part(row, ' ',
                      [&](std::string_view text) { rows[inflected(text)].push_back(number); });
      });
    }
    store(rows, &Word::first_synonym, &Word::synonyms);
  }

  // The key under which `text` will be found, made when there is none.
  std::string_view inflected(std::string_view text) {
    if (words_.contains(text)) return words_[text].canonical;
    std::string_view base;
    any_base_of(text, [&](const std::string& candidate) {
      const auto at = words_.find(candidate);
      if (at != words_.end()) base = at->second.canonical;
      return at != words_.end();
    });
    return base.empty() ? word(text).canonical : base;
  }

  void store(const Rows& rows, std::uint32_t Word::* first, std::uint32_t Word::* size) {
    for (auto& [text, entry] : words_) {
      const auto at = rows.find(entry.canonical);
      if (at == rows.end()) continue;
      entry.*first = static_cast<std::uint32_t>(lists_.size());
      entry.*size = static_cast<std::uint32_t>(at->second.size());
      lists_.insert(lists_.end(), at->second.begin(), at->second.end());
    }
  }

  void add_number_words() {
    for_each_part(tables::number_words, '\n', [&](std::string_view row) {
      const std::size_t colon = row.find(':');
      for_each_part(row.substr(colon + 1), ' ', [&](std::string_view text) {
        Word& entry = word(text);
        entry.canonical = row.substr(0, colon);
        entry.traits |= number_word;
      });
    });
  }

  std::span<const std::string_view> words_of(std::string_view text) {
    auto& words = phrase_words_.emplace_back();
    for_each_part(text, ' ', [&](std::string_view each) { words.push_back(each); });
    return words;
  }

  void add_phrases() {
    for_each_part(tables::phrases, '\n', [&](std::string_view row) {
      const std::size_t arrow = row.find("=>");
      const bool at_start = row.starts_with('^');
      const auto from = words_of(row.substr(at_start ? 1 : 0, arrow - (at_start ? 1 : 0)));
      phrases[from[0]].push_back({from, words_of(row.substr(arrow + 2)), at_start});
    });
    for (auto& [first, rows] : phrases)
      std::ranges::sort(rows, std::greater{}, [](const Phrase& row) { return row.from.size(); });
  }

  void add_languages() {
    for_each_part(tables::language_words, '\n', [&](std::string_view row) {
      const auto bit = static_cast<std::uint8_t>(1 << language_letters.find(row[0]));
      for_each_part(row.substr(2), ' ', [&](std::string_view text) { languages[text] |= bit; });
    });
  }

  std::unordered_map<std::string_view, Word> words_;
  std::vector<std::int32_t> lists_;
  std::deque<std::vector<std::string_view>> phrase_words_;  // what the phrases point into
};

const Lexicon& lexicon() {
  static const Lexicon built;
  return built;
}

}  // namespace

const Word* find_word(std::string_view word) {
  if (const Word* found = lexicon().find(word)) return found;
  const Word* base = nullptr;
  any_base_of(word, [&](const std::string& candidate) {
    base = lexicon().find(candidate);
    return base != nullptr;
  });
  return base;
}

bool are_opposites(const Word& a, const Word& b) {
  const auto ours = lexicon().list(a.first_opposite, a.opposites);
  const auto theirs = lexicon().list(b.first_opposite, b.opposites);
  return std::ranges::any_of(
      ours, [&](std::int32_t row) { return std::ranges::find(theirs, -row) != theirs.end(); });
}

bool are_synonyms(const Word& a, const Word& b) {
  const auto ours = lexicon().list(a.first_synonym, a.synonyms);
  const auto theirs = lexicon().list(b.first_synonym, b.synonyms);
  return std::ranges::any_of(
      ours, [&](std::int32_t row) { return std::ranges::find(theirs, row) != theirs.end(); });
}

std::string_view kind_name(std::uint16_t kind) { return lexicon().kinds[kind].name; }
bool kind_narrows(std::uint16_t kind) { return lexicon().kinds[kind].narrows; }

std::uint8_t languages_of(std::string_view word) {
  const auto at = lexicon().languages.find(word);
  return at == lexicon().languages.end() ? 0 : at->second;
}

std::span<const Phrase> phrases_from(std::string_view word) {
  const auto at = lexicon().phrases.find(word);
  return at == lexicon().phrases.end() ? std::span<const Phrase>() : at->second;
}

}  // namespace sluice::semantic
