#include "sluice/eval_tables.h"

#include "sluice/eval_common_words.h"
#include "sluice/eval_templates.h"

namespace sluice::eval {

std::vector<std::string_view> split(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

Slots all_slots() {
  Slots slots;
  for (const auto table : {slot_values, common_word_kinds}) {
    for (const auto row : split(table, "\n")) {
      const std::size_t space = row.find(' '), colon = row.find(": ");
      if (colon == std::string_view::npos) continue;
      slots[row.substr(0, space)] = {row.substr(space + 1, colon - space - 1),
                                     split(row.substr(colon + 2), ", ")};
    }
  }
  return slots;
}

std::vector<Template> all_templates() {
  std::vector<Template> all;
  for (const auto table : {templates, common_word_templates}) {
    for (const auto row : split(table, "\n")) {
      if (!row.empty()) all.push_back(split(row, " == "));
    }
  }
  return all;
}

}  // namespace sluice::eval
