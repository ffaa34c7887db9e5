#include "cache/python_repr.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <unordered_map>
#include <vector>

#include "base/json_write.h"
#include "base/python_repr.h"
#include "cache/json_cursor.h"

namespace sluice::cache {
namespace {

bool is_integer(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

bool fits_64_bits(std::string_view integer) {
  const char* end = integer.data() + integer.size();
  std::uint64_t large = 0;
  std::int64_t small = 0;
  return std::from_chars(integer.data(), end, large).ec == std::errc() ||
         std::from_chars(integer.data(), end, small).ec == std::errc();
}

// from_chars does not say which way a number is out of range; strtod does.
double out_of_range(std::string_view number) {
  return std::strtod(std::string(number).c_str(), nullptr);
}

void append_double(std::string& out, double value) {
  if (std::isfinite(value)) return append_json_double(out, value);
  out += value > 0 ? "inf" : "-inf";
}

void append_number(std::string& out, std::string_view number) {
  if (is_integer(number) && fits_64_bits(number)) {
    out += number == "-0" ? "0" : number;
    return;
  }
  double value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  append_double(out, read.ec == std::errc() ? value : out_of_range(number));
}

void append_word(std::string& out, std::string_view word) {
  switch (word.empty() ? '\0' : word.front()) {
    case 't': out += "True"; return;
    case 'f': out += "False"; return;
    case 'n': out += "None"; return;
    case '\0': return;
    default: append_number(out, word);
  }
}

void append_string(std::string& out, const JsonCursor::String& string) {
  if (string.token.size() < 2) return;
  if (!string.escaped)
    append_python_repr(out, string.token.substr(1, string.token.size() - 2));
  else
    append_python_repr(out, json_unescape(string.token));
}

// The place in the output of one member that was written.
struct Member {
  std::size_t key, value, end;
};

// Writes one value. Members are written as they come; an object that has a name twice is put
// together again when it ends.
class Printer {
 public:
  Printer(std::string& out, std::string_view json) : out_(out), json_(json) {}

  void value() {
    switch (json_.peek()) {
      case '{': return object();
      case '[': return array();
      case '"': return append_string(out_, json_.string());
      default: append_word(out_, json_.word());
    }
  }

 private:
  void array() {
    json_.take('[');
    out_.push_back('[');
    for (bool first = true; json_.peek() != ']' && json_.peek() != '\0'; first = false) {
      if (!first) out_ += ", ";
      value();
      json_.take(',');
    }
    json_.take(']');
    out_.push_back(']');
  }

  void object() {
    json_.take('{');
    out_.push_back('{');
    const std::size_t first = members_.size();
    while (json_.peek() == '"') {
      if (members_.size() > first) out_ += ", ";
      Member member{.key = out_.size()};
      append_string(out_, json_.string());
      json_.take(':');
      out_ += ": ";
      member.value = out_.size();
      value();
      member.end = out_.size();
      members_.push_back(member);
      json_.take(',');
    }
    json_.take('}');
    if (has_name_twice(first)) keep_last_values(first);
    members_.resize(first);
    out_.push_back('}');
  }

  std::string_view name(const Member& member) const {
    return std::string_view(out_).substr(member.key, member.value - member.key);
  }

  bool has_name_twice(std::size_t first) {
    constexpr std::size_t most_compared = 16;
    if (members_.size() - first > most_compared) return has_name_twice_among_many(first);
    for (std::size_t i = first; i < members_.size(); i++) {
      for (std::size_t j = first; j < i; j++) {
        if (name(members_[i]) == name(members_[j])) return true;
      }
    }
    return false;
  }

  bool has_name_twice_among_many(std::size_t first) const {
    std::vector<std::string_view> names;
    for (std::size_t i = first; i < members_.size(); i++) names.push_back(name(members_[i]));
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
  }

  void keep_last_values(std::size_t first) {
    const std::string written = out_.substr(members_[first].key);
    const std::size_t start = members_[first].key;
    const auto part = [&](std::size_t from, std::size_t to) {
      return std::string_view(written).substr(from - start, to - from);
    };
    std::unordered_map<std::string_view, std::string_view> last;
    for (std::size_t i = first; i < members_.size(); i++) {
      const Member& each = members_[i];
      last[part(each.key, each.value)] = part(each.value, each.end);
    }
    out_.resize(start);
    for (std::size_t i = first; i < members_.size(); i++) {
      const auto found = last.find(part(members_[i].key, members_[i].value));
      if (found == last.end()) continue;
      if (out_.size() > start) out_ += ", ";
      out_.append(found->first).append(found->second);
      last.erase(found);
    }
  }

  std::string& out_;
  JsonCursor json_;
  std::vector<Member> members_;  // of all objects that are open
};

}  // namespace

void append_python_str(std::string& out, std::string_view json) {
  if (json.size() < 2 || json.front() != '"') return append_python_value(out, json);
  if (json.contains('\\'))
    out += json_unescape(json);
  else
    out += json.substr(1, json.size() - 2);
}

void append_python_value(std::string& out, std::string_view json) { Printer(out, json).value(); }

}  // namespace sluice::cache
