#include "config/key_table.h"

#include <algorithm>
#include <array>
#include <vector>

namespace sluice::config {
namespace {

constexpr std::array all_sections{
    Section::top,
    Section::model_list,
    Section::litellm_params,
    Section::model_info,
    Section::litellm_settings,
    Section::router_settings,
    Section::general_settings,
    Section::cache_params,
};
// Where a key is looked for when it is unknown where it stands: the sections that hold settings.
constexpr std::array settings_sections{Section::general_settings, Section::litellm_settings,
                                       Section::router_settings, Section::top};

// Letters to insert, remove, change or swap with their neighbour to get from one text to the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); j++) last[j] = j;
  before = last;
  for (std::size_t i = 1; i <= a.size(); i++) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); j++) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

// One slip in a short word, two in a long one: more, and the "suggestion" is another word.
std::size_t slips_allowed(std::string_view name) {
  return name.size() < 4 ? 0 : name.size() < 8 ? 1 : 2;
}

template <class Names, class NameOf>
std::string_view nearest(const Names& names, std::string_view wanted, NameOf name_of) {
  std::string_view best;
  std::size_t best_distance = slips_allowed(wanted) + 1;
  for (const auto& entry : names) {
    const std::string_view name = name_of(entry);
    if (name.size() > wanted.size() + 2 || wanted.size() > name.size() + 2) continue;
    const auto distance = edit_distance(wanted, name);
    if (distance >= best_distance) continue;
    best = name;
    best_distance = distance;
  }
  return best;
}

bool asks_for_nothing(const Node& value) {
  switch (value.kind) {
    case Kind::null: return value.variable.empty();
    case Kind::boolean: return value.text == "False";
    case Kind::list:
    case Kind::map: return value.items.empty();
    default: return false;
  }
}

std::string section_holding(std::string_view key, Section except) {
  for (const Section section : settings_sections) {
    if (section != except && find_key(section, key) != nullptr) {
      return std::string(name_of(section));
    }
  }
  return {};
}

void report_unknown(Section section, const Key& key, const std::string& path, Report& report) {
  const std::string place = path.empty() ? key.text : path + "." + key.text;
  if (const auto holder = section_holding(key.text, section); !holder.empty()) {
    const auto where = holder == name_of(Section::top) ? "at the top level" : "to `" + holder + "`";
    report.ignored(key.mark, place, "has no effect here; move it " + where);
    return;
  }
  std::string message = "is not known and does nothing here";
  if (const auto near = nearest_key(section, key.text); !near.empty()) {
    message += "; did you mean `" + std::string(near) + "`?";
  } else {
    message += "; remove it";
  }
  report.ignored(key.mark, place, std::move(message));
}

std::string_view word_for(Support support) {
  switch (support) {
    case Support::honoured: return "yes";
    case Support::parameter: return "sent to the provider";
    case Support::not_yet: return "not yet";
    case Support::no_effect: return "accepted, nothing to do";
  }
  return "";
}

}  // namespace

std::string_view name_of(Section section) {
  switch (section) {
    case Section::top: return "top level";
    case Section::model_list: return "model_list";
    case Section::litellm_params: return "litellm_params";
    case Section::model_info: return "model_info";
    case Section::litellm_settings: return "litellm_settings";
    case Section::router_settings: return "router_settings";
    case Section::general_settings: return "general_settings";
    case Section::cache_params: return "cache_params";
  }
  return "";
}

const KeySpec* find_key(Section section, std::string_view key) {
  const auto table = keys_of(section);
  const auto found = std::ranges::lower_bound(table, key, {}, &KeySpec::name);
  return found != table.end() && found->name == key ? &*found : nullptr;
}

std::string_view nearest_key(Section section, std::string_view key) {
  return nearest(keys_of(section), key, [](const KeySpec& spec) { return spec.name; });
}

std::string_view nearest_name(std::span<const std::string> names, std::string_view name) {
  return nearest(names, name, [](const std::string& entry) -> std::string_view { return entry; });
}

void check_keys(Section section, const Node& map, const std::string& path, Report& report) {
  for (std::size_t i = 0; i < map.keys.size(); i++) {
    const Key& key = map.keys[i];
    const KeySpec* spec = find_key(section, key.text);
    if (spec == nullptr) {
      report_unknown(section, key, path, report);
    } else if (spec->support == Support::not_yet && !asks_for_nothing(map.items[i])) {
      const std::string place = path.empty() ? key.text : path + "." + key.text;
      report.ignored(key.mark, place, std::string(spec->note));
    }
  }
}

std::string keys_as_markdown() {
  std::string out;
  for (const Section section : all_sections) {
    if (!out.empty()) out += "\n";
    out += "### " + std::string(name_of(section)) + "\n\n| key | honoured | |\n|---|---|---|\n";
    for (const KeySpec& spec : keys_of(section)) {
      out += "| `" + std::string(spec.name) + "` | " + std::string(word_for(spec.support)) + " | " +
             std::string(spec.note) + " |\n";
    }
  }
  return out;
}

}  // namespace sluice::config
