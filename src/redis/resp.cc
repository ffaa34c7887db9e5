#include "redis/resp.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace sluice::redis {

namespace {

std::optional<std::int64_t> to_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<double> to_double(std::string_view text) {
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  if (text == "nan" || text == "-nan") return std::nan("");
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void append_command(std::string& out, std::span<const std::string_view> args) {
  out.append("*").append(std::to_string(args.size())).append("\r\n");
  for (const std::string_view arg : args)
    out.append("$").append(std::to_string(arg.size())).append("\r\n").append(arg).append("\r\n");
}

void RespDecoder::feed(std::string_view bytes) {
  if (at_ > 0) {
    held_.erase(0, at_);
    searched_ -= std::min(searched_, at_);
    at_ = 0;
  }
  held_ += bytes;
}

std::optional<std::string_view> RespDecoder::take_line() {
  const std::size_t end = held_.find("\r\n", std::max(at_, searched_));
  if (end == std::string::npos) {
    searched_ = held_.empty() ? 0 : held_.size() - 1;
    return std::nullopt;
  }
  return std::string_view(held_).substr(at_, end - at_);
}

RespDecoder::Step RespDecoder::read_text(Reply& value, std::string_view line, bool verbatim) {
  const auto size = to_integer(line.substr(1));
  if (size && *size == -1) {
    at_ += line.size() + 2;
    value.type = Reply::Type::nil;
    return Step::ready;
  }
  if (!size || *size < 0 || static_cast<std::size_t>(*size) > max_text) return Step::malformed;
  const std::size_t begin = at_ + line.size() + 2, end = begin + static_cast<std::size_t>(*size);
  if (held_.size() < end + 2) return Step::need_more;
  if (held_.compare(end, 2, "\r\n") != 0) return Step::malformed;
  value.type = Reply::Type::text;
  value.text.assign(held_, begin, end - begin);
  if (verbatim) {
    if (value.text.size() < 4 || value.text[3] != ':') return Step::malformed;
    value.text.erase(0, 4);
  }
  at_ = end + 2;
  return Step::ready;
}

// One value, or the beginning of a list.
RespDecoder::Step RespDecoder::read_value(Reply& value, bool& is_list, std::size_t& items) {
  using Type = Reply::Type;
  const auto line = take_line();
  if (!line) {
    constexpr std::size_t longest_line = 64 * 1024;
    return held_.size() - at_ > longest_line ? Step::malformed : Step::need_more;
  }
  if (line->empty()) return Step::malformed;
  value = Reply{};
  is_list = false;
  const std::string_view rest = line->substr(1);
  switch (line->front()) {
    case '+': value.type = Type::status, value.text = rest; break;
    case '-': value.type = Type::error, value.text = rest; break;
    case '(': value.type = Type::text, value.text = rest; break;  // a number beyond 64 bits
    case '_': value.type = Type::nil; break;
    case ':': {
      const auto number = to_integer(rest);
      if (!number) return Step::malformed;
      value.type = Type::integer, value.integer = *number;
      break;
    }
    case '#':
      if (rest != "t" && rest != "f") return Step::malformed;
      value.type = Type::integer, value.integer = rest == "t" ? 1 : 0;
      break;
    case ',': {
      const auto number = to_double(rest);
      if (!number) return Step::malformed;
      value.type = Type::number, value.number = *number, value.text = rest;
      break;
    }
    case '$': return read_text(value, *line, false);
    case '=': return read_text(value, *line, true);
    case '!': {
      const Step step = read_text(value, *line, false);
      if (step == Step::ready) value.type = Type::error;
      return step;
    }
    case '*':
    case '~':
    case '>':
    case '%':
    case '|': {
      const auto count = to_integer(rest);
      if (count && *count == -1 && line->front() == '*') {
        value.type = Type::nil;
        break;
      }
      if (!count || *count < 0 || static_cast<std::size_t>(*count) > max_items)
        return Step::malformed;
      const bool pairs = line->front() == '%' || line->front() == '|';
      value.type = pairs ? Type::map : Type::list;
      is_list = true;
      items = static_cast<std::size_t>(*count) * (pairs ? 2 : 1);
      attribute_ = line->front() == '|';
      if (open_.empty()) was_push_ = line->front() == '>';
      break;
    }
    default: return Step::malformed;
  }
  at_ += line->size() + 2;
  return Step::ready;
}

RespDecoder::Step RespDecoder::next(Reply& reply) {
  if (broken_) return Step::malformed;
  for (;;) {
    Reply value;
    bool is_list = false;
    std::size_t items = 0;
    if (open_.empty()) was_push_ = false;
    const Step step = read_value(value, is_list, items);
    if (step == Step::malformed) broken_ = true;
    if (step != Step::ready) return step;
    if (is_list && attribute_) {  // an attribute would stand before the value it is about
      broken_ = true;
      return Step::malformed;
    }
    if (is_list && items > 0) {
      if (open_.size() >= max_depth) {
        broken_ = true;
        return Step::malformed;
      }
      open_.push_back({std::move(value), items});
      continue;
    }
    // A whole value; it may complete the lists around it.
    while (!open_.empty()) {
      Open& list = open_.back();
      list.list.items.push_back(std::move(value));
      if (--list.missing > 0) break;
      value = std::move(list.list);
      open_.pop_back();
      if (open_.empty()) {
        reply = std::move(value);
        return Step::ready;
      }
    }
    if (open_.empty()) {
      reply = std::move(value);
      return Step::ready;
    }
  }
}

}  // namespace sluice::redis
