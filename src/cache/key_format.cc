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

}  // namespace sluice::cache
