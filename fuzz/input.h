#pragma once
// What the fuzz targets share: an assertion, and the reading of an input.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace sluice::fuzz {

inline void check(bool holds) {
  if (!holds) std::abort();
}

// An input is all text. Its size makes the choices, so that any file is a seed as it is.
struct Input {
  Input(const std::uint8_t* data, std::size_t size)
      : text(reinterpret_cast<const char*>(data), size) {}

  bool chooses(unsigned bit) const { return (text.size() >> bit & 1) != 0; }

  std::string_view text;
};

// The text in pieces of `size` bytes.
inline std::vector<std::string_view> split(std::string_view text, std::size_t size) {
  std::vector<std::string_view> pieces;
  for (std::size_t at = 0; at < text.size(); at += size) pieces.push_back(text.substr(at, size));
  return pieces;
}

}  // namespace sluice::fuzz
