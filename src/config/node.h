#pragma once
// One value of a YAML file, with its place. A tree of these is what the readers of the sections
// see.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::config {

struct Mark {
  int file = 0;    // index into Report::files
  int line = 0;    // from 1; 0 = no place in a file
  int column = 0;  // from 1
};

enum class Kind { null, boolean, integer, real, date, text, list, map };

struct Key {
  Kind kind = Kind::text;
  std::string text;  // as Node::text
  Mark mark;
};

struct Node {
  Kind kind = Kind::null;
  bool quoted = false;  // written with quotes or as a block, so never anything but text
  Mark mark;
  std::string text;  // a scalar's value as Python's str() shows it: "True", "None", "1e-05", "abc"
  std::vector<Key> keys;    // a map's keys, in order; values at the same index of `items`
  std::vector<Node> items;  // a list's elements or a map's values
  std::string variable;     // the environment variable this value was asked of, or empty

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind != Kind::list && kind != Kind::map; }
  bool is_text() const { return kind == Kind::text; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }

  // The value under `key`; nullptr when this is no map or has no such key.
  const Node* find(std::string_view key) const;
  const Key* find_key(std::string_view key) const;
  // Like find, but null values count as absent.
  const Node* find_set(std::string_view key) const;
  // Sets or replaces; a replaced key keeps its position, as in a Python dict.
  void set(Key key, Node value);
};

// "a text", "a number", "a list", …: for messages.
std::string_view name_of(Kind kind);

std::optional<std::int64_t> as_integer(const Node& node);  // also numbers in text ("60"), and 60.0
std::optional<double> as_number(const Node& node);         // also numbers in text ("1e-5")
std::optional<bool> as_boolean(const Node& node);          // also 1, 0, and all four in text

}  // namespace sluice::config
