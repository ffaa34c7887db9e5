#include "config/python_text.h"

#include <algorithm>
#include <string_view>

#include "base/json_write.h"
#include "base/python_repr.h"

namespace sluice::config {
namespace {

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
    case Kind::text: append_python_repr(out, node.text); return;
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
