#include <sluice/document.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "search/text_case.h"

namespace sluice {

using search::equal_ignoring_case;

std::optional<std::string_view> Document::find(std::string_view field) const {
  for (const auto& [name, value] : fields) {
    if (name == field) return value;
  }
  return {};
}

std::optional<double> Document::number(std::string_view field) const {
  const auto text = find(field);
  double value = 0;
  if (!text) return {};
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || std::isnan(value)) return {};
  return value;
}

const std::string* IndexAttribute::option(std::string_view name) const {
  for (const auto& [key, value] : options) {
    if (value && equal_ignoring_case(key, name)) return &*value;
  }
  return nullptr;
}

bool IndexAttribute::has_flag(std::string_view name) const {
  return std::ranges::any_of(options, [&](const auto& option) {
    return !option.second && equal_ignoring_case(option.first, name);
  });
}

const std::string* IndexInfo::stat(std::string_view key) const {
  for (const auto& [each, value] : stats) {
    if (each == key) return &value;
  }
  return nullptr;
}

std::optional<double> IndexInfo::number(std::string_view key) const {
  const auto* text = stat(key);
  double value = 0;
  if (text == nullptr) return {};
  const auto end = text->data() + text->size();
  if (std::from_chars(text->data(), end, value).ec != std::errc()) return {};
  return value;
}

bool IndexInfo::is_indexing() const {
  // valkey-search tells a state and how far it has come instead.
  const auto* state = stat("state");
  if (state != nullptr && *state != "ready") return true;
  return number("indexing").value_or(0) != 0 || number("backfill_in_progress").value_or(0) != 0;
}

}  // namespace sluice
