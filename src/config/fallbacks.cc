#include "config/fallbacks.h"

#include "config/python_text.h"

namespace sluice::config {
namespace {

// Long enough to recognise the entry.
std::string shown(const Node& node) {
  std::string text = python_str(node);
  if (text.size() <= 200) return text;
  std::size_t end = 200;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) end--;  // not inside a character
  return text.substr(0, end) + "…";
}

void read_item(const Node& item, const std::string& path, Report& report, Fallbacks& fallbacks) {
  if (!item.is_map()) {
    report.error(item.mark, path,
                 "Item '" + shown(item) + "' is not a dictionary. Write `- model: [fallback]`.");
    return;
  }
  if (item.keys.size() != 1) {
    report.error(item.mark, path,
                 "Dictionary '" + shown(item) + "' must have exactly one key, but has " +
                     std::to_string(item.keys.size()) + " keys. Start a new `-` item for each.");
    return;
  }
  const Reader reader(item, path, report);
  const std::string& group = item.keys[0].text;
  if (const Node* targets = reader.value(group); targets != nullptr && targets->is_map()) {
    reader.wrong(group, "must be a list of model names");
    return;
  }
  fallbacks.try_emplace(group, reader.texts(group));
}

}  // namespace

void read_fallbacks(const Reader& section, std::string_view key, Report& report,
                    Fallbacks& fallbacks) {
  const Node* list = section.list(key);
  if (list == nullptr) return;
  for (std::size_t i = 0; i < list->items.size(); i++) {
    read_item(list->items[i], section.path_of(key) + "[" + std::to_string(i) + "]", report,
              fallbacks);
  }
}

void read_default_fallbacks(const Reader& section, Fallbacks& fallbacks) {
  auto targets = section.texts("default_fallbacks");
  if (!targets.empty()) fallbacks.try_emplace("*", std::move(targets));
}

}  // namespace sluice::config
