#pragma once
// Reads the tables of eval_templates.h and eval_common_words.h.
#include <map>
#include <string_view>
#include <vector>

namespace sluice::eval {

std::vector<std::string_view> split(std::string_view text, std::string_view separator);

struct Slot {
  std::string_view slice;
  std::vector<std::string_view> values;
};
// By name, of both tables.
using Slots = std::map<std::string_view, Slot>;
Slots all_slots();

// The wordings of one question.
using Template = std::vector<std::string_view>;
std::vector<Template> all_templates();

}  // namespace sluice::eval
