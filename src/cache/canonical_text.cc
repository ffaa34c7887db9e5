#include "cache/canonical_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/json_write.h"
#include "cache/json_cursor.h"

namespace sluice::cache {
namespace {

void append_string(TextBuffer& out, const JsonCursor::String& string) {
  if (!string.odd || string.token.size() < 2) {
    out.append(string.token);
    return;
  }
  thread_local std::string text;
  text.clear();
  append_json_string(text, json_unescape(string.token));
  out.append(text);
}

// A decimal number: digits × 10^exponent.
struct Decimal {
  std::string_view sign, whole, fraction;
  std::int64_t exponent = 0;
  bool readable = true;  // false: no machine could hold the exponent
};

Decimal split(std::string_view number) {
  Decimal parts;
  if (number.starts_with('-')) parts.sign = "-", number.remove_prefix(1);
  if (const auto e = number.find_first_of("eE"); e != std::string_view::npos) {
    std::string_view exponent = number.substr(e + 1);
    if (exponent.starts_with('+')) exponent.remove_prefix(1);
    const auto read = std::from_chars(exponent.begin(), exponent.end(), parts.exponent);
    constexpr std::int64_t farthest = std::int64_t{1} << 40;  // no sum with a length overflows
    parts.readable = read.ec == std::errc() && std::abs(parts.exponent) < farthest;
    number = number.substr(0, e);
  }
  const auto point = number.find('.');
  parts.whole = number.substr(0, point);
  if (point != std::string_view::npos) parts.fraction = number.substr(point + 1);
  return parts;
}

// 1500 → 15e2, 1.50 → 15e-1, 0.0 → 0.
void append_decimal(TextBuffer& out, std::string_view number) {
  const Decimal parts = split(number);
  const std::size_t size = parts.whole.size() + parts.fraction.size();
  const auto digit = [&](std::size_t i) {
    return i < parts.whole.size() ? parts.whole[i] : parts.fraction[i - parts.whole.size()];
  };
  std::size_t first = 0, end = size;
  while (first < end && digit(first) == '0') first++;
  while (end > first && digit(end - 1) == '0') end--;
  if (first == end) {
    out.push('0');
    return;
  }
  if (!parts.readable) {
    out.append("~").append(number);  // only like itself
    return;
  }
  out.append(parts.sign);
  for (std::size_t i = first; i < end; i++) out.push(digit(i));
  const auto exponent = parts.exponent + static_cast<std::int64_t>(size - end) -
                        static_cast<std::int64_t>(parts.fraction.size());
  if (exponent != 0) out.push('e').append_number(exponent);
}

void append_number(TextBuffer& out, std::string_view number) {
  const bool is_usual = number.size() == 1 || (number.back() != '0' && number != "-" &&
                                               number.find_first_of(".eE") == number.npos);
  if (is_usual)
    out.append(number);
  else
    append_decimal(out, number);
}

// A member's place in the output, its name at the front.
struct Member {
  std::size_t begin, name_size, end;
};

// What the writers of a thread use again and again.
struct Scratch {
  std::vector<Member> members;  // of all objects that are open
  std::string sorted;
};

class Writer {
 public:
  Writer(TextBuffer& out, std::string_view json, Scratch& scratch)
      : out_(out), json_(json), scratch_(scratch) {}

  void value() {
    switch (json_.peek()) {
      case '{': return object();
      case '[': return array();
      case '"': return append_string(out_, json_.string());
      case 't':
      case 'f':
      case 'n': out_.append(json_.word()); return;
      case '\0': return;
      default: append_number(out_, json_.word());
    }
  }

 private:
  void array() {
    json_.take('[');
    out_.push('[');
    for (char next = json_.peek(); next != ']' && next != '\0'; next = json_.peek()) {
      value();
      out_.push(',');
      json_.take(',');
    }
    json_.take(']');
    out_.push(']');
  }

  void object() {
    json_.take('{');
    out_.push('{');
    const std::size_t first = scratch_.members.size();
    bool sorted = true;
    while (json_.peek() == '"') {
      const Member member = this->member();
      sorted = sorted && (scratch_.members.size() == first ||
                          is_before(name(scratch_.members.back()), name(member)));
      scratch_.members.push_back(member);
    }
    json_.take('}');
    if (!sorted) sort(first);
    scratch_.members.resize(first);
    out_.push('}');
  }

  Member member() {
    const std::size_t begin = out_.size();
    append_string(out_, json_.string());
    const std::size_t name_size = out_.size() - begin;
    json_.take(':');
    out_.push(':');
    value();
    out_.push(',');
    json_.take(',');
    return {begin, name_size, out_.size()};
  }

  std::string_view name(const Member& member) const {
    return out_.text().substr(member.begin, member.name_size);
  }

  // Puts the members from `first` on, which are the end of the output, in order.
  void sort(std::size_t first) {
    auto& members = scratch_.members;
    const auto begin = members.begin() + static_cast<std::ptrdiff_t>(first);
    const std::size_t start = begin->begin;
    std::sort(begin, members.end(), [&](const Member& a, const Member& b) {
      const std::string_view left = name(a), right = name(b);
      return left == right ? a.begin > b.begin : is_before(left, right);
    });
    scratch_.sorted.clear();
    for (auto each = begin; each != members.end(); ++each) {
      if (each != begin && name(*each) == name(*(each - 1))) continue;  // a later one counts
      scratch_.sorted.append(out_.text().substr(each->begin, each->end - each->begin));
    }
    out_.retract(out_.size() - start);
    out_.append(scratch_.sorted);
  }

  TextBuffer& out_;
  JsonCursor json_;
  Scratch& scratch_;
};

}  // namespace

void append_canonical_text(TextBuffer& out, std::string_view json) {
  thread_local Scratch scratch;
  Writer(out, json, scratch).value();
  constexpr std::size_t most_kept = 64 * 1024;
  if (scratch.sorted.capacity() > most_kept) std::string().swap(scratch.sorted);
  if (scratch.members.capacity() * sizeof(Member) > most_kept)
    std::vector<Member>().swap(scratch.members);
}

}  // namespace sluice::cache
