#pragma once
// Text from parts, in one allocation. The standard library we build against has no std::format.
#include <initializer_list>
#include <string>
#include <string_view>

namespace sluice::provider {

inline std::string concat(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (const auto part : parts) out += part;
  return out;
}

}  // namespace sluice::provider
