#pragma once
// Code points of texts that are known to be UTF-8.
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

// `text` is valid UTF-8 and not empty.
inline CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() ? byte(i) & 0x3fu : 0u; };
  if (byte(0) < 0x80) return {byte(0), 1};
  if (byte(0) < 0xe0) return {(byte(0) & 0x1fu) << 6 | tail(1), 2};
  if (byte(0) < 0xf0) return {(byte(0) & 0x0fu) << 12 | tail(1) << 6 | tail(2), 3};
  return {(byte(0) & 0x07u) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
}

inline void append_utf8(std::string& out, std::uint32_t point) {
  const auto byte = [&out](std::uint32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xc0 | point >> 6), byte(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    byte(0xe0 | point >> 12), byte(0x80 | (point >> 6 & 0x3f)), byte(0x80 | (point & 0x3f));
  } else {
    byte(0xf0 | point >> 18), byte(0x80 | (point >> 12 & 0x3f));
    byte(0x80 | (point >> 6 & 0x3f)), byte(0x80 | (point & 0x3f));
  }
}

// The last `digits` hexadecimal digits of a number, lower case.
inline void append_hex(std::string& out, std::uint32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
    out.push_back("0123456789abcdef"[value >> shift & 15]);
}

}  // namespace sluice
