#include "cache/python_literal.h"

#include <charconv>
#include <cstdint>

#include "base/json_scan.h"
#include "base/json_write.h"
#include "base/utf8.h"

namespace sluice::cache {
namespace {

class LiteralReader {
 public:
  LiteralReader(std::string_view text, std::string& out) : rest_(text), out_(out) {}

  bool whole() {
    if (!value()) return false;
    space();
    return rest_.empty();
  }

 private:
  char peek() {
    space();
    return rest_.empty() ? '\0' : rest_.front();
  }
  bool take(char c) {
    if (peek() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void space() {
    const auto first = rest_.find_first_not_of(" \t\r\n");
    rest_.remove_prefix(first == std::string_view::npos ? rest_.size() : first);
  }

  bool value() {
    switch (peek()) {
      case '{': return nested('}', '{', '}');
      case '[': return nested(']', '[', ']');
      case '(': return nested(')', '[', ']');
      case 'u': rest_.remove_prefix(1); return is_quote(peek_here()) && string();
      case '\'':
      case '"': return string();
      default: return word();
    }
  }

  // A container up to `close`, written with JSON's brackets.
  bool nested(char close, char json_open, char json_close) {
    if (++depth_ > max_json_depth) return false;
    rest_.remove_prefix(1);
    out_.push_back(json_open);
    for (bool first = true; !take(close); first = false) {
      if (!first) {
        if (!take(',')) return false;
        if (take(close)) break;
        out_.push_back(',');
      }
      if (close == '}' ? !member() : !value()) return false;
    }
    out_.push_back(json_close);
    depth_--;
    return true;
  }

  bool member() {
    const char first = peek();
    if (!is_quote(first) && first != 'u') return false;
    if (!value() || !take(':')) return false;
    out_.push_back(':');
    return value();
  }

  bool word() {
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t\r\n,:]})"));
    rest_.remove_prefix(word.size());
    if (word == "None") return out_ += "null", true;
    if (word == "True") return out_ += "true", true;
    if (word == "False") return out_ += "false", true;
    const bool starts_like_number =
        !word.empty() && (word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
    if (!starts_like_number || scan_json(word)) return false;
    out_ += word;
    return true;
  }

  static bool is_quote(char c) { return c == '\'' || c == '"'; }
  char peek_here() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool string() {
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    std::string text;
    for (;;) {
      const char stops[] = {quote, '\\', '\n', '\0'};
      const auto run = rest_.find_first_of(stops);
      if (run == std::string_view::npos) return false;
      text += rest_.substr(0, run);
      const char stop = rest_[run];
      rest_.remove_prefix(run + 1);
      if (stop == quote) break;
      if (stop != '\\' || !escape(text)) return false;
    }
    append_json_string(out_, text);
    return true;
  }

  bool escape(std::string& text) {
    if (rest_.empty()) return false;
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view kinds = "\\'\"nrtabfv0", bytes("\\'\"\n\r\t\a\b\f\v\0", 11);
    if (const auto at = kinds.find(kind); at != std::string_view::npos)
      return text.push_back(bytes[at]), true;
    switch (kind) {
      case 'x': return code_point(text, 2);
      case 'u': return code_point(text, 4);
      case 'U': return code_point(text, 8);
      default: return false;
    }
  }

  bool code_point(std::string& text, std::size_t digits) {
    std::uint32_t point = 0;
    if (rest_.size() < digits) return false;
    const char* end = rest_.data() + digits;
    const auto read = std::from_chars(rest_.data(), end, point, 16);
    if (read.ec != std::errc() || read.ptr != end) return false;
    if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return false;
    rest_.remove_prefix(digits);
    append_utf8(text, point);
    return true;
  }

  std::string_view rest_;
  std::string& out_;
  int depth_ = 0;
};

}  // namespace

std::optional<std::string> python_literal_to_json(std::string_view text) {
  if (!is_utf8(text)) return std::nullopt;
  std::string json;
  json.reserve(text.size());
  if (!LiteralReader(text, json).whole()) return std::nullopt;
  return json;
}

}  // namespace sluice::cache
