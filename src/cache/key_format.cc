#include "cache/key_format.h"

#include <algorithm>

#include "base/python_repr.h"

namespace sluice::cache {

std::string_view model_in_key(const CacheSettings& settings, std::string_view group,
                              std::string& scratch) {
  for (const std::vector<std::string>& groups : settings.caching_groups) {
    if (std::ranges::find(groups, group) == groups.end()) continue;
    scratch = "[";
    for (const std::string& each : groups) {
      if (scratch.size() > 1) scratch += ", ";
      append_python_repr(scratch, each);
    }
    return scratch += "]";
  }
  return group;
}

bool is_key_of(KeyScheme scheme, std::string_view key) {
  constexpr std::size_t digits = 64;
  if (key.size() < digits) return false;
  const std::string_view before = key.substr(0, key.size() - digits);
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (!std::ranges::all_of(key.substr(before.size()), is_digit)) return false;
  if (scheme == KeyScheme::sluice) return before == "sluice:" || before.ends_with(":sluice:");
  return before.empty() || (before.ends_with(':') && !before.ends_with("sluice:"));
}

}  // namespace sluice::cache
