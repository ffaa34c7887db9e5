#include "redis/resp.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::redis {

namespace {

using Type = Reply::Type;
using Step = RespDecoder::Step;

template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return to_number<std::int64_t>(text);
}

std::optional<double> to_double(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "inf") return infinity;
  if (text == "-inf") return -infinity;
  if (text == "nan" || text == "-nan") return std::nan("");
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) return std::nullopt;
  return to_number<double>(text);
}

bool is_big_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A size or count: digits alone.
std::optional<std::size_t> to_count(std::string_view text, std::size_t most) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto count = to_number<std::size_t>(text);
  return count && *count <= most ? count : std::nullopt;
}

void append_header(std::string& out, char type, std::size_t count) {
  char digits[24];
  char* const end = std::to_chars(digits, digits + sizeof digits, count).ptr;
  out += type;
  out.append(digits, end).append("\r\n");
}

}  // namespace

void append_command(std::string& out, std::span<const std::string_view> args) {
  append_header(out, '*', args.size());
  for (const std::string_view arg : args) {
    append_header(out, '$', arg.size());
    out.append(arg).append("\r\n");
  }
}

void RespDecoder::feed(std::string_view bytes) {
  constexpr std::size_t most_kept = 1u << 20;  // of memory, when nothing is held
  if (at_ > 0) {
    held_.erase(0, at_);
    searched_ -= std::min(searched_, at_);
    at_ = 0;
  }
  if (held_.empty() && held_.capacity() > most_kept) held_ = std::string();
  held_ += bytes;
}

// The line at the beginning of what is held, which stays there.
Step RespDecoder::take_line(std::string_view& line) {
  const std::size_t end = held_.find("\r\n", std::max(at_, searched_));
  const bool whole = end != std::string::npos;
  line = std::string_view(held_).substr(at_, whole ? end - at_ : std::string::npos);
  // What is no Redis is seen at its first byte, be it a line or not.
  if (!line.empty() && std::string_view("+-:,(#_$!=*~>%|").find(line[0]) == std::string_view::npos)
    return Step::malformed;
  const std::size_t most = whole ? max_line : max_line + 1;  // its end may be half there
  if (line.size() > most || (whole && line.empty())) return Step::malformed;
  if (whole) return Step::ready;
  searched_ = held_.empty() ? 0 : held_.size() - 1;
  return Step::need_more;
}

Step RespDecoder::read_simple(Reply& value, std::string_view line) {
  const std::string_view rest = line.substr(1);
  if (rest.find_first_of("\r\n") != std::string_view::npos) return Step::malformed;
  value.type = Type::text;
  switch (line.front()) {
    case '+': value.type = Type::status, value.text = rest; break;
    case '-': value.type = Type::error, value.text = rest; break;
    case '(':
      if (!is_big_number(rest)) return Step::malformed;
      value.text = rest;
      break;
    case '_':
      if (!rest.empty()) return Step::malformed;
      value.type = Type::nil;
      break;
    case '#':
      if (rest != "t" && rest != "f") return Step::malformed;
      value.type = Type::integer, value.integer = rest == "t" ? 1 : 0;
      break;
    case ':': {
      const auto number = to_integer(rest);
      if (!number) return Step::malformed;
      value.type = Type::integer, value.integer = *number;
      break;
    }
    default: {
      const auto number = to_double(rest);
      if (!number) return Step::malformed;
      value.type = Type::number, value.number = *number, value.text = rest;
    }
  }
  at_ += line.size() + 2;
  return Step::ready;
}

Step RespDecoder::read_bulk(Reply& value, std::string_view line) {
  const char kind = line.front();
  if (line == "$-1") {
    at_ += line.size() + 2;
    return Step::ready;
  }
  const auto size = to_count(line.substr(1), max_text - text_);
  if (!size) return Step::malformed;
  const std::size_t begin = at_ + line.size() + 2, end = begin + *size;
  if (held_.size() < end + 2) return Step::need_more;
  if (held_.compare(end, 2, "\r\n") != 0) return Step::malformed;
  std::string_view text = std::string_view(held_).substr(begin, *size);
  if (kind == '=') {  // "txt:" or "mkd:" says how to show it
    if (text.size() < 4 || text[3] != ':') return Step::malformed;
    text.remove_prefix(4);
  }
  value.type = kind == '!' ? Type::error : Type::text;
  value.text = text;
  text_ += *size;
  at_ = end + 2;
  return Step::ready;
}

// Opens a list; `whole` when it has no items to wait for, and then `value` is it.
Step RespDecoder::read_list(std::string_view line, bool& whole, Reply& value) {
  const char kind = line.front();
  const bool pairs = kind == '%' || kind == '|', skipped = kind == '|';
  whole = line == "*-1";
  if (!whole) {
    const auto count = to_count(line.substr(1), (max_items - items_) / (pairs ? 2 : 1));
    const bool misplaced = kind == '>' && !open_.empty();  // a push is never inside of a reply
    if (!count || misplaced || open_.size() >= max_depth) return Step::malformed;
    const std::size_t items = *count * (pairs ? 2 : 1);
    items_ += items;
    whole = items == 0 && !skipped;
    value.type = pairs ? Type::map : Type::list;
    if (kind == '>') push_ = true;
    if (items > 0) open_.push_back({std::move(value), items, skipped});
  }
  at_ += line.size() + 2;
  return Step::ready;
}

// A whole value may complete the lists around it: `value` becomes the outermost of these. True when
// that is the reply.
bool RespDecoder::close_lists(Reply& value) {
  while (!open_.empty()) {
    Open& around = open_.back();
    if (!around.skipped) around.list.items.push_back(std::move(value));
    if (--around.missing > 0) return false;
    const bool skipped = around.skipped;
    value = std::move(around.list);
    open_.pop_back();
    if (skipped) return false;  // what it was about comes next
  }
  return true;
}

Step RespDecoder::read(Reply& reply) {
  if (open_.empty()) items_ = text_ = 0, push_ = false;
  for (;;) {
    std::string_view line;
    Step step = take_line(line);
    if (step != Step::ready) return step;
    Reply value;
    bool whole = true;
    switch (line.front()) {
      case '$':
      case '!':
      case '=': step = read_bulk(value, line); break;
      case '*':
      case '~':
      case '>':
      case '%':
      case '|': step = read_list(line, whole, value); break;
      default: step = read_simple(value, line);
    }
    if (step != Step::ready) return step;
    if (whole && close_lists(value)) {
      reply = std::move(value);
      return Step::ready;
    }
  }
}

Step RespDecoder::next(Reply& reply) {
  if (broken_) return Step::malformed;
  const Step step = read(reply);
  broken_ = step == Step::malformed;
  return step;
}

}  // namespace sluice::redis
