#include "config/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sluice::config {
namespace {

std::size_t index_of(const std::vector<Key>& keys, std::string_view key) {
  return static_cast<std::size_t>(
      std::ranges::find(keys, key, [](const Key& k) -> std::string_view { return k.text; }) -
      keys.begin());
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

template <class T>
std::optional<T> parse_all(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  const auto i = index_of(keys, key);
  return i < keys.size() ? &items[i] : nullptr;
}

const Key* Node::find_key(std::string_view key) const {
  const auto i = index_of(keys, key);
  return i < keys.size() ? &keys[i] : nullptr;
}

const Node* Node::find_set(std::string_view key) const {
  const Node* node = find(key);
  return node != nullptr && node->is_null() ? nullptr : node;
}

void Node::set(Key key, Node value) {
  const auto i = index_of(keys, key.text);
  if (i < keys.size()) {
    items[i] = std::move(value);
    return;
  }
  keys.push_back(std::move(key));
  items.push_back(std::move(value));
}

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::null: return "nothing";
    case Kind::boolean: return "true or false";
    case Kind::integer: return "a whole number";
    case Kind::real: return "a number";
    case Kind::date: return "a date";
    case Kind::text: return "a text";
    case Kind::list: return "a list";
    case Kind::map: return "a mapping";
  }
  return "a value";
}

std::optional<std::int64_t> as_integer(const Node& node) {
  if (node.kind != Kind::integer && node.kind != Kind::text && node.kind != Kind::real) {
    return std::nullopt;
  }
  const auto text = trimmed(node.text);
  if (const auto whole = parse_all<std::int64_t>(text)) return whole;
  const auto number = parse_all<double>(text);
  // 2^53: above it a double no longer holds every whole number.
  if (!number || std::floor(*number) != *number || std::fabs(*number) > 9007199254740992.0) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*number);
}

std::optional<double> as_number(const Node& node) {
  if (node.kind != Kind::integer && node.kind != Kind::text && node.kind != Kind::real) {
    return std::nullopt;
  }
  const auto number = parse_all<double>(trimmed(node.text));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<bool> as_boolean(const Node& node) {
  if (!node.is_scalar()) return std::nullopt;
  const auto text = trimmed(node.text);
  if (text == "1" || equals_ignoring_case(text, "true")) return true;
  if (text == "0" || equals_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

}  // namespace sluice::config
