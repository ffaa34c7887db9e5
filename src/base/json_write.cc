#include "base/json_write.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/utf8.h"

namespace sluice {
namespace {

void append_ascii_escape(std::string& out, std::uint32_t point) {
  switch (point) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    default: break;
  }
  out += "\\u";
  if (point < 0x10000) return append_hex(out, point, 4);
  append_hex(out, 0xd800 + ((point - 0x10000) >> 10), 4);
  out += "\\u";
  append_hex(out, 0xdc00 + ((point - 0x10000) & 0x3ff), 4);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); i++) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, done, i - done);
    done = i + 1;
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: {
        constexpr char digits[] = "0123456789abcdef";
        out += "\\u00";
        out.push_back(digits[c >> 4]);
        out.push_back(digits[c & 15]);
      }
    }
  }
  out.append(text, done);
  out.push_back('"');
}

void append_ascii_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t done = 0;  // what needs no escape is copied in runs
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, bytes] = first_code_point(text.substr(at));
    if (point < 0x20 || point >= 0x7f || point == '"' || point == '\\') {
      out += text.substr(done, at - done);
      done = std::min(at + bytes, text.size());
      append_ascii_escape(out, point);
    }
    at += bytes;
  }
  out += text.substr(done);
  out.push_back('"');
}

namespace {

constexpr int most_places = 12;
constexpr std::uint64_t one = 1'000'000'000'000;  // in units of the last of them

// "0.000125": `number` in units of the last place.
void append_fixed(std::string& out, std::uint64_t number) {
  char text[24];
  char* at = std::to_chars(text, text + sizeof text, number / one).ptr;
  *at++ = '.';
  std::uint64_t rest = number % one;
  do {
    rest *= 10;
    *at++ = static_cast<char>('0' + rest / one);
    rest %= one;
  } while (rest > 0);
  out.append(text, at);
}

// "1.25e-05", for numbers below one.
void append_scientific(std::string& out, std::uint64_t number) {
  char digits[24];
  char* end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  const int exponent = most_places + 1 - static_cast<int>(end - digits);  // of ten, below zero
  while (end[-1] == '0') end--;
  out += digits[0];
  if (end - digits > 1) out.append(1, '.').append(digits + 1, end);
  out.append("e-").append(1, static_cast<char>('0' + exponent / 10));
  out += static_cast<char>('0' + exponent % 10);
}

// Prices and times mostly have at most 15 digits, of which 12 are decimals. Such a number is found
// by one multiplication and proven by one division, which rounds as a reader of the text would.
// False, and nothing is appended: it is another one.
bool append_short_decimal(std::string& out, double value) {
  constexpr auto scale = static_cast<double>(one);
  if (!(value >= 1 / scale && value < 1000)) return false;
  const auto number = static_cast<std::uint64_t>(value * scale + 0.5);
  if (static_cast<double>(number) / scale != value) return false;
  value < 1e-4 ? append_scientific(out, number) : append_fixed(out, number);
  return true;
}

}  // namespace

void append_json_double(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  if (append_short_decimal(out, value)) return;
  // Python's repr: exponent form below 1e-4 and from 1e16, else fixed with at least one decimal.
  const double size = std::fabs(value);
  const bool fixed = value == 0 || (size >= 1e-4 && size < 1e16);
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value,
                                 fixed ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  out.append(text, end);
  if (fixed && std::memchr(text, '.', static_cast<std::size_t>(end - text)) == nullptr) out += ".0";
}

}  // namespace sluice
