#include "base/python_repr.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "base/utf8.h"

namespace sluice {
namespace {

struct Range {
  std::uint32_t first, last;
};

// Code points from U+0080 on that Python escapes, in order: controls, formats, surrogates, private
// and unassigned ones, separators.
constexpr Range unprintable[] = {
#include "base/python_unprintable.inc"
};

bool is_printable(std::uint32_t point) {
  if (point < 0x7f) return point >= 0x20;
  const auto range = std::ranges::lower_bound(unprintable, point, {}, &Range::last);
  return point != 0x7f && (range == std::end(unprintable) || point < range->first);
}

// Printable ASCII without quotes and backslashes: most of most texts, decided by one look.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7f; c++) plain[c] = c != '\'' && c != '"' && c != '\\';
  return plain;
}();

void append_escape(std::string& out, std::uint32_t point) {
  if (point == '\n') {
    out += "\\n";
  } else if (point == '\r') {
    out += "\\r";
  } else if (point == '\t') {
    out += "\\t";
  } else if (point < 0x100) {
    out += "\\x";
    append_hex(out, point, 2);
  } else if (point < 0x10000) {
    out += "\\u";
    append_hex(out, point, 4);
  } else {
    out += "\\U";
    append_hex(out, point, 8);
  }
}

}  // namespace

void append_python_repr(std::string& out, std::string_view text) {
  const char quote = text.contains('\'') && !text.contains('"') ? '"' : '\'';
  out.push_back(quote);
  std::size_t done = 0;  // what is printable is copied in runs
  for (std::size_t at = 0; at < text.size();) {
    if (is_plain[static_cast<unsigned char>(text[at])]) {
      at++;
      continue;
    }
    const auto [point, bytes] = first_code_point(text.substr(at));
    const bool escaped = text[at] == '\\' || text[at] == quote;
    if (escaped || !is_printable(point)) {
      out += text.substr(done, at - done);
      done = escaped ? at : std::min(at + bytes, text.size());
      if (escaped)
        out.push_back('\\');
      else
        append_escape(out, point);
    }
    at += bytes;
  }
  out += text.substr(done);
  out.push_back(quote);
}

}  // namespace sluice
