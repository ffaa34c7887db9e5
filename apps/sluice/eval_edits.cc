#include "sluice/eval_edits.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>

#include "sluice/eval_tables.h"
#include "sluice/eval_word_edits.h"

namespace sluice::eval {
namespace {

// What stands in the slots: "country:1" → an index into its values.
using Filling = std::map<std::string_view, std::size_t>;

// The names between braces.
std::vector<std::string_view> slots_in(std::string_view wording) {
  std::vector<std::string_view> names;
  for (std::size_t at = wording.find('{'); at != std::string_view::npos;
       at = wording.find('{', at)) {
    const std::size_t end = wording.find('}', at);
    names.push_back(wording.substr(at + 1, end - at - 1));
    at = end;
  }
  return names;
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed)
      : random_(seed), slots_(all_slots()), templates_(all_templates()) {}

  std::vector<Pair> run(std::size_t per_slice) {
    constexpr std::array differing{"number",    "year",      "date",    "unit",     "entity",
                                   "noun",      "adjective", "verb",    "language", "version",
                                   "direction", "antonym",   "negation"};
    for (const std::string_view slice : differing)
      fill_slice(per_slice, slice,
                 [&](const Template& wordings) { return changed(wordings, slice); });
    fill_slice(per_slice, "paraphrase",
               [&](const Template& wordings) { return reworded(wordings); });
    fill_slice(per_slice, "typo", [&](const Template& wordings) {
      return edited(wordings, [&](const std::string& text) { return with_typo(text, random_); });
    });
    fill_slice(per_slice, "case", [&](const Template& wordings) {
      return edited(wordings, [&](const std::string& text) {
        return std::optional(with_other_case(text, random_));
      });
    });
    fill_slice(per_slice, "politeness", [&](const Template& wordings) {
      return edited(wordings, [&](const std::string& text) {
        return std::optional(with_politeness(text, random_));
      });
    });
    return std::move(pairs_);
  }

 private:
  // Draws templates until the slice is full; not every template fits every slice.
  void fill_slice(std::size_t size, std::string_view slice,
                  const std::function<std::optional<Pair>(const Template&)>& make) {
    std::size_t made = 0;
    for (std::size_t tries = 0; made < size && tries < 200 * size; tries++) {
      auto pair = make(templates_[below(random_, templates_.size())]);
      if (!pair || pair->a == pair->b) continue;
      pair->slice = slice;
      pairs_.push_back(std::move(*pair));
      made++;
    }
  }

  std::string_view wording_of(const Template& wordings) {
    return wordings[below(random_, wordings.size())];
  }

  static std::string_view list_of(std::string_view slot) { return slot.substr(0, slot.find(':')); }

  std::size_t count(std::string_view slot) const {
    if (slot == "not") return 2;
    if (slot.contains('|')) return split(slot, "|").size();
    return slots_.at(list_of(slot)).values.size();
  }

  std::string_view value(std::string_view slot, std::size_t index) const {
    if (slot == "not") return index == 0 ? "" : "not";
    if (slot.contains('|')) return split(slot, "|")[index];
    return slots_.at(list_of(slot)).values[index];
  }

  // "two" and "2" are in one list.
  static bool same_value(std::string_view slot, std::size_t i, std::size_t j) {
    return list_of(slot) == "small" ? i % 9 == j % 9 : i == j;
  }

  std::size_t other_index(std::string_view slot, std::size_t index) {
    while (true) {
      const std::size_t other = below(random_, count(slot));
      if (!same_value(slot, index, other)) return other;
    }
  }

  Filling filling_for(const Template& wordings) {
    Filling filling;
    for (const auto wording : wordings) {
      for (const auto slot : slots_in(wording)) {
        if (filling.contains(slot)) continue;
        filling[slot] = slot == "not" ? 0 : below(random_, count(slot));
        if (!slot.ends_with(":2")) continue;
        const auto first = filling.find(std::string(list_of(slot)) + ":1");
        if (first != filling.end() && same_value(slot, first->second, filling[slot]))
          filling[slot] = other_index(slot, first->second);
      }
    }
    return filling;
  }

  std::string fill(std::string_view wording, const Filling& filling) const {
    std::string text;
    while (true) {
      const std::size_t open = wording.find('{');
      text += wording.substr(0, open);
      if (open == std::string_view::npos) break;
      const std::size_t close = wording.find('}');
      const auto slot = wording.substr(open + 1, close - open - 1);
      text += value(slot, filling.at(slot));
      wording.remove_prefix(close + 1);
    }
    // An empty slot leaves two spaces.
    for (std::size_t at; (at = text.find("  ")) != std::string::npos;) text.erase(at, 1);
    return with_right_articles(text);
  }

  std::string_view slice_of(std::string_view slot) const {
    if (slot == "not") return "negation";
    if (slot.contains('|')) return "antonym";
    return slots_.at(list_of(slot)).slice;
  }

  // Where the order of two values does not matter.
  static bool symmetric(std::string_view wording) {
    constexpr std::array words{"differ", "distance", " or ",   "together",
                               "met",    "meet",     "far is", " with "};
    return std::ranges::any_of(words,
                               [&](std::string_view word) { return wording.contains(word); });
  }

  std::optional<Pair> changed(const Template& wordings, std::string_view slice) {
    const std::string_view wording = wording_of(wordings);
    // Mostly minimal edits, but the answer differs just as much in other words.
    const std::string_view other = below(random_, 4) == 0 ? wording_of(wordings) : wording;
    const Filling before = filling_for(wordings);
    Filling after = before;
    if (slice == "direction") {
      if (symmetric(wording) || symmetric(other) || !swap_first(after)) return {};
    } else {
      std::vector<std::string_view> candidates = slots_in(wording);
      std::erase_if(candidates, [&](auto slot) { return slice_of(slot) != slice; });
      if (candidates.empty()) return {};
      const auto slot = candidates[below(random_, candidates.size())];
      after[slot] = other_index(slot, before.at(slot));
      // What became equal to its partner is no question.
      if (repeats(after)) return {};
    }
    return Pair{fill(wording, before), fill(other, after), false, {}};
  }

  static bool swap_first(Filling& filling) {
    for (auto& [slot, index] : filling) {
      if (!slot.ends_with(":1")) continue;
      const auto second = filling.find(std::string(list_of(slot)) + ":2");
      if (second == filling.end()) continue;
      std::swap(index, second->second);
      return true;
    }
    return false;
  }

  static bool repeats(const Filling& filling) {
    return std::ranges::any_of(filling, [&](const auto& entry) {
      if (!entry.first.ends_with(":1")) return false;
      const auto second = filling.find(std::string(list_of(entry.first)) + ":2");
      return second != filling.end() && same_value(entry.first, entry.second, second->second);
    });
  }

  std::optional<Pair> reworded(const Template& wordings) {
    if (wordings.size() < 2) return {};
    const Filling filling = filling_for(wordings);
    return Pair{fill(wording_of(wordings), filling), fill(wording_of(wordings), filling), true, {}};
  }

  std::optional<Pair> edited(
      const Template& wordings,
      const std::function<std::optional<std::string>(const std::string&)>& edit) {
    const std::string text = fill(wording_of(wordings), filling_for(wordings));
    const auto changed_text = edit(text);
    if (!changed_text) return {};
    return Pair{text, *changed_text, true, {}};
  }

  Random random_;
  Slots slots_;
  std::vector<Template> templates_;
  std::vector<Pair> pairs_;
};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_upper(c) || (c >= 'a' && c <= 'z'); }

// Words with a capital inside a sentence: mostly names.
std::vector<std::string> names_in(const std::string& question) {
  std::vector<std::string> names;
  for (std::size_t at = question.find(' '); at != std::string::npos;
       at = question.find(' ', at + 1)) {
    std::size_t end = at + 1;
    while (end < question.size() && is_letter(question[end])) end++;
    const bool inside = at > 0 && is_letter(question[at - 1]);
    if (inside && end - at > 3 && is_upper(question[at + 1]))
      names.push_back(question.substr(at + 1, end - at - 1));
  }
  return names;
}

std::optional<std::string> with_other_name(const std::string& text,
                                           const std::vector<std::string>& names, Random& random) {
  const auto own = names_in(text);
  if (own.empty() || names.empty()) return {};
  const std::string& old = own[below(random, own.size())];
  const std::string& other = names[below(random, names.size())];
  std::string edited = text;
  return edited.replace(edited.find(" " + old) + 1, old.size(), other);
}

}  // namespace

std::vector<Pair> template_pairs(std::size_t per_slice, std::uint64_t seed) {
  return Generator(seed).run(per_slice);
}

std::vector<Pair> edited_pairs(const std::vector<std::string>& questions, std::size_t per_slice,
                               std::uint64_t seed) {
  if (questions.empty()) return {};
  Random random(seed);
  const CommonWords words;
  std::vector<std::string> names;
  for (const auto& question : questions) {
    for (auto& name : names_in(question)) names.push_back(std::move(name));
  }
  using Edit = std::function<std::optional<std::string>(const std::string&)>;
  struct Row {
    std::string_view slice;
    bool same;
    Edit edit;
  };
  const std::array rows{
      Row{"number", false, [&](auto& text) { return with_other_number(text, false, random); }},
      Row{"year", false, [&](auto& text) { return with_other_number(text, true, random); }},
      Row{"negation", false, [&](auto& text) { return with_negation(text); }},
      Row{"antonym", false, [&](auto& text) { return with_opposite(text, random); }},
      Row{"entity", false, [&](auto& text) { return with_other_name(text, names, random); }},
      Row{"noun", false, [&](auto& text) { return words.with_another(text, "noun", random); }},
      Row{"adjective", false,
          [&](auto& text) { return words.with_another(text, "adjective", random); }},
      Row{"verb", false, [&](auto& text) { return words.with_another(text, "verb", random); }},
      Row{"synonym", true, [&](auto& text) { return words.with_synonym(text, random); }},
      Row{"typo", true, [&](auto& text) { return with_typo(text, random); }},
      Row{"case", true, [&](auto& text) { return std::optional(with_other_case(text, random)); }},
  };
  std::vector<Pair> pairs;
  for (const Row& row : rows) {
    std::size_t made = 0;
    for (std::size_t tries = 0; made < per_slice && tries < 60 * per_slice; tries++) {
      const std::string& question = questions[below(random, questions.size())];
      const auto edited = row.edit(question);
      if (!edited || *edited == question) continue;
      pairs.push_back({question, *edited, row.same, std::string(row.slice)});
      made++;
    }
  }
  return pairs;
}

}  // namespace sluice::eval
