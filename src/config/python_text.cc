#include "config/python_text.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/json_write.h"

namespace sluice::config {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t bytes;
};

void append_hex(std::string& out, std::uint32_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out.push_back("0123456789abcdef"[value >> shift & 15]);
  }
}

// `text` is valid UTF-8 and not empty.
CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const auto tail = [&](std::size_t i) { return i < text.size() ? byte(i) & 0x3fu : 0u; };
  if (byte(0) < 0x80) return {byte(0), 1};
  if (byte(0) < 0xe0) return {(byte(0) & 0x1fu) << 6 | tail(1), 2};
  if (byte(0) < 0xf0) return {(byte(0) & 0x0fu) << 12 | tail(1) << 6 | tail(2), 3};
  return {(byte(0) & 0x07u) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
}

void append_repr_character(std::string& out, std::string_view bytes, std::uint32_t point,
                           char quote) {
  if (point == '\\' || point == static_cast<std::uint32_t>(quote)) {
    out.push_back('\\');
    out += bytes;
  } else if (point == '\n') {
    out += "\\n";
  } else if (point == '\r') {
    out += "\\r";
  } else if (point == '\t') {
    out += "\\t";
  } else if (point < 0x20 || (point >= 0x7f && point <= 0xa0) || point == 0xad) {
    out += "\\x";
    append_hex(out, point, 2);
  } else {
    out += bytes;
  }
}

void append_repr_text(std::string& out, std::string_view text) {
  const char quote = text.contains('\'') && !text.contains('"') ? '"' : '\'';
  out.push_back(quote);
  while (!text.empty()) {
    const auto [point, bytes] = first_code_point(text);
    append_repr_character(out, text.substr(0, bytes), point, quote);
    text.remove_prefix(std::min(bytes, text.size()));
  }
  out.push_back(quote);
}

void append_repr_date(std::string& out, std::string_view text) {
  const auto number = [](std::string_view digits) {
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return digits;
  };
  out += "datetime.date(";
  out += number(text.substr(0, 4));
  out += ", ";
  out += number(text.substr(5, 2));
  out += ", ";
  out += number(text.substr(8, 2));
  out += ")";
}

void append_repr(std::string& out, const Node& node) {
  switch (node.kind) {
    case Kind::text: append_repr_text(out, node.text); return;
    case Kind::date: append_repr_date(out, node.text); return;
    case Kind::list:
    case Kind::map: break;
    default: out += node.text; return;
  }
  out.push_back(node.is_map() ? '{' : '[');
  for (std::size_t i = 0; i < node.items.size(); i++) {
    if (i > 0) out += ", ";
    if (node.is_map()) {
      append_repr(out, Node{.kind = node.keys[i].kind, .text = node.keys[i].text});
      out += ": ";
    }
    append_repr(out, node.items[i]);
  }
  out.push_back(node.is_map() ? '}' : ']');
}

void append_ascii_json_string(std::string& out, std::string_view text) {
  std::string utf8;
  append_json_string(utf8, text);
  for (std::string_view rest = utf8; !rest.empty();) {
    const auto [point, bytes] = first_code_point(rest);
    if (point < 0x80) {
      out.push_back(rest[0]);
    } else if (point < 0x10000) {
      out += "\\u";
      append_hex(out, point, 4);
    } else {
      const auto offset = point - 0x10000;
      out += "\\u";
      append_hex(out, 0xd800 + (offset >> 10), 4);
      out += "\\u";
      append_hex(out, 0xdc00 + (offset & 0x3ff), 4);
    }
    rest.remove_prefix(std::min(bytes, rest.size()));
  }
}

using AppendString = void (*)(std::string&, std::string_view);

struct JsonStyle {
  std::string_view between, after_key;
  AppendString append_string;
  bool python_numbers;  // NaN and Infinity, which JSON lacks
};

void append_json_scalar(std::string& out, Kind kind, std::string_view text,
                        const JsonStyle& style) {
  const bool finite = !text.ends_with("nan") && !text.ends_with("inf");
  switch (kind) {
    case Kind::null: out += "null"; return;
    case Kind::boolean: out += text == "True" ? "true" : "false"; return;
    case Kind::integer: out += text; return;
    case Kind::real:
      if (finite) {
        out += text;
      } else if (!style.python_numbers) {
        out += "null";
      } else {
        out += text == "nan" ? "NaN" : text == "inf" ? "Infinity" : "-Infinity";
      }
      return;
    default: style.append_string(out, text);
  }
}

void append_json(std::string& out, const Node& node, const JsonStyle& style) {
  if (node.is_scalar()) return append_json_scalar(out, node.kind, node.text, style);
  out.push_back(node.is_map() ? '{' : '[');
  for (std::size_t i = 0; i < node.items.size(); i++) {
    if (i > 0) out += style.between;
    if (node.is_map()) {
      std::string name;
      if (node.keys[i].kind == Kind::text || node.keys[i].kind == Kind::date) {
        name = node.keys[i].text;
      } else {
        append_json_scalar(name, node.keys[i].kind, node.keys[i].text, style);
      }
      style.append_string(out, name);
      out += style.after_key;
    }
    append_json(out, node.items[i], style);
  }
  out.push_back(node.is_map() ? '}' : ']');
}

}  // namespace

std::string python_str(const Node& node) {
  if (node.is_scalar()) return node.text;
  std::string out;
  append_repr(out, node);
  return out;
}

std::string python_json(const Node& node) {
  std::string out;
  append_json(out, node, {", ", ": ", append_ascii_json_string, true});
  return out;
}

std::string compact_json(const Node& node) {
  std::string out;
  append_json(out, node, {",", ":", append_json_string, false});
  return out;
}

}  // namespace sluice::config
