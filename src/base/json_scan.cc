#include "base/json_scan.h"

#include <simdjson.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/utf8.h"

namespace sluice {

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

#if defined(__SSE2__)
// Which of 16 bytes end or interrupt a string, as a vector.
__m128i string_stops(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                    _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
  return _mm_or_si128(control, ends);
}
#endif

}  // namespace

[[gnu::noinline]] const char* skip_plain_json(const char* at, const char* end) {
#if defined(__SSE2__)
  for (int blocks = 0; end - at >= 16; at += 16, blocks++) {
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(string_stops(at)));
    if (mask != 0) return at + std::countr_zero(mask);
    // A long text: four blocks at a time until one of them stops.
    while (blocks >= 4 && end - at >= 80) {
      const __m128i stops =
          _mm_or_si128(_mm_or_si128(string_stops(at + 16), string_stops(at + 32)),
                       _mm_or_si128(string_stops(at + 48), string_stops(at + 64)));
      if (_mm_movemask_epi8(stops) != 0) break;
      at += 64;
    }
  }
#endif
  while (at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) at++;
  return at;
}

namespace {

// skip_plain_json, for strings that mostly end within 16 bytes: names, roles, ids.
[[gnu::always_inline]] inline const char* skip_short_plain(const char* at, const char* end) {
#if defined(__SSE2__)
  if (end - at >= 16) {
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(string_stops(at)));
    if (mask != 0) return at + std::countr_zero(mask);
    at += 16;
  }
#endif
  return skip_plain_json(at, end);
}

// The first quote or bracket in [at, end).
const char* skip_to_structure(const char* at, const char* end) {
#if defined(__SSE2__)
  // '[' and '{' differ in one bit, and so do ']' and '}'.
  const __m128i quote = _mm_set1_epi8('"'), bit = _mm_set1_epi8(0x20), open = _mm_set1_epi8('{'),
                close = _mm_set1_epi8('}');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i folded = _mm_or_si128(bytes, bit);
    const __m128i hit =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote),
                     _mm_or_si128(_mm_cmpeq_epi8(folded, open), _mm_cmpeq_epi8(folded, close)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) return at + std::countr_zero(mask);
  }
#endif
  while (at < end && *at != '"' && (*at | 0x20) != '{' && (*at | 0x20) != '}') at++;
  return at;
}

// From inside a string to its closing quote, or to the end.
const char* skip_string(const char* at, const char* end) {
  for (;;) {
    at = skip_short_plain(at, end);
    if (at == end || *at == '"') return at;
    at += *at == '\\' && end - at > 1 ? 2 : 1;
  }
}

// Four hex digits at `at`, or -1.
int hex4(const char* at, const char* end) {
  if (end - at < 4) return -1;
  int value = 0;
  for (int i = 0; i < 4; i++) {
    const char c = at[i], lower = static_cast<char>(c | 0x20);
    if (is_digit(c))
      value = value * 16 + (c - '0');
    else if (lower >= 'a' && lower <= 'f')
      value = value * 16 + (lower - 'a' + 10);
    else
      return -1;
  }
  return value;
}

bool is_high_surrogate(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

// The pass over the text. Names and strings, of which a text mostly consists, are read inline; what
// is long or rare is not. Methods return false after fail(); `at_` then stands at the fault.
class JsonScanner {
 public:
  enum class Depth { strict, skim };
  explicit JsonScanner(std::string_view json, Depth depth = Depth::strict)
      : json_(json), at_(json.data()), end_(json.data() + json.size()), depth_(depth) {}

  std::optional<JsonFault> object(JsonFields& fields) {
    if (!whole([&] { return top_object(fields); })) return fault_;
    fields.has_duplicates_ = depth_ == Depth::skim || may_have_duplicates(fields.fields_);
    return std::nullopt;
  }
  std::optional<JsonFault> array(std::vector<std::string_view>& elements) {
    if (!whole([&] { return top_array(elements); })) return fault_;
    return std::nullopt;
  }
  std::optional<JsonFault> any() {
    if (!whole([&] { return value(); })) return fault_;
    return std::nullopt;
  }

 private:
  bool fail(const char* what) { return fail_at(at_, what); }
  bool fail_at(const char* where, const char* what) {
    fault_ = {static_cast<std::size_t>(where - json_.data()), what};
    return false;
  }
  void space() {
    while (at_ < end_ && is_space(*at_)) at_++;
  }
  bool next_is(char c) { return at_ < end_ && *at_ == c; }
  std::uint32_t offset() const { return static_cast<std::uint32_t>(at_ - json_.data()); }

  template <class Body>
  bool whole(Body body) {
    if (json_.size() > max_json_bytes) return fail("the text is too long");
    const bool utf8 = depth_ == Depth::skim || simdjson::validate_utf8(json_.data(), json_.size());
    if (!utf8) return fail_at(first_bad_utf8(), "not valid UTF-8");
    space();
    if (!body()) return false;
    space();
    return at_ == end_ || fail("unexpected text after the end of the JSON value");
  }

  // The prefix up to a character boundary that is still valid; found by halving.
  const char* first_bad_utf8() const {
    std::size_t good = 0, bad = json_.size();
    while (good + 1 < bad) {
      std::size_t middle = good + (bad - good) / 2;
      const std::size_t tried = middle;
      while (middle > good && (static_cast<unsigned char>(json_[middle]) & 0xc0) == 0x80) middle--;
      if (middle == good) middle = tried;
      if (simdjson::validate_utf8(json_.data() + good, middle - good))
        good = middle;
      else
        bad = middle;
    }
    return json_.data() + good;
  }

  static bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.empty() || a[0] == b[0]) && a == b;
  }
  static bool may_have_duplicates(const std::vector<JsonField>& fields) {
    constexpr std::size_t most_compared = 32;
    if (fields.size() > most_compared) return true;
    for (std::size_t i = 1; i < fields.size(); i++) {
      for (std::size_t j = 0; j < i; j++) {
        if (same(fields[i].key, fields[j].key)) return true;
      }
    }
    return false;
  }

  bool top_object(JsonFields& fields) {
    constexpr std::size_t usual_fields = 8;
    if (fields.fields_.capacity() == 0) fields.fields_.reserve(usual_fields);
    if (!next_is('{')) return fail("expected a JSON object");
    at_++;
    space();
    if (next_is('}')) return at_++, true;
    for (;;) {
      JsonField field;
      field.begin = offset();
      if (!key(fields, field.key)) return false;
      const char* start = at_;
      if (!member_value()) return false;
      field.value = {start, static_cast<std::size_t>(at_ - start)};
      field.type = type_of(*start);
      field.end = offset();
      fields.fields_.push_back(field);
      bool more = false;
      if (!separator('}', more)) return false;
      if (!more) return true;
    }
  }

  bool top_array(std::vector<std::string_view>& elements) {
    if (!next_is('[')) return fail("expected a JSON array");
    at_++;
    space();
    if (next_is(']')) return at_++, true;
    for (;;) {
      const char* start = at_;
      if (!value()) return false;
      elements.emplace_back(start, static_cast<std::size_t>(at_ - start));
      bool more = false;
      if (!separator(']', more)) return false;
      if (!more) return true;
    }
  }

  // After a member: a comma (more) or the closing bracket.
  bool separator(char close, bool& more) {
    space();
    if (next_is(close)) return at_++, true;
    if (!next_is(',')) return fail(close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    at_++;
    space();
    return more = true;
  }

  [[gnu::always_inline]] bool key(JsonFields& fields, std::string_view& text) {
    const char* start = at_;
    bool escaped = false;
    if (!next_is('"')) return fail("expected a key in double quotes");
    if (!string(escaped) || !colon()) return false;
    const char* quote = key_end_;
    text = {start + 1, static_cast<std::size_t>(quote - start - 2)};
    if (escaped)
      text = fields.unescaped_keys_.emplace_front(
          json_unescape({start, static_cast<std::size_t>(quote - start)}));
    return true;
  }

  bool colon() {
    key_end_ = at_;
    space();
    if (!next_is(':')) return fail("expected ':' after the key");
    at_++;
    space();
    return true;
  }

  // The value of a top-level field; most are scalars.
  bool member_value() {
    if (at_ == end_) return fail("the JSON text ends too early");
    bool escaped = false;
    if (*at_ != '{' && *at_ != '[') return scalar(escaped);
    return depth_ == Depth::skim ? skip_nested() : value();
  }

  // A container in skim mode: to the bracket that closes it.
  bool skip_nested() {
    int depth = 0;
    for (;;) {
      at_ = skip_to_structure(at_, end_);
      if (at_ == end_) return fail("the JSON text ends too early");
      const char c = *at_++;
      if (c == '"') {
        at_ = skip_string(at_, end_);
        if (at_ == end_) return fail("the JSON text ends too early");
        at_++;
      } else {
        depth += c == '{' || c == '[' ? 1 : -1;
        if (depth == 0) return true;
      }
    }
  }

  // One value of any type, containers without recursion: `kinds` remembers which are open.
  bool value() {
    std::array<bool, max_json_depth> is_object;
    int depth = 0;
    bool escaped = false;
    for (;;) {
      if (at_ == end_) return fail("the JSON text ends too early");
      if (*at_ == '{' || *at_ == '[') {
        if (depth == max_json_depth) return fail("nested too deeply");
        const bool object = is_object[static_cast<std::size_t>(depth++)] = *at_++ == '{';
        space();
        if (!next_is(object ? '}' : ']')) {
          if (object && !inner_key(escaped)) return false;
          continue;  // to the first member
        }
        at_++;
        depth--;
      } else if (!scalar(escaped)) {
        return false;
      }
      if (!after_value(is_object, depth, escaped)) return false;
      if (depth == 0) return true;
    }
  }

  // Closes containers as far as the text does; leaves `at_` at the next value, or depth at 0.
  bool after_value(const std::array<bool, max_json_depth>& is_object, int& depth, bool& escaped) {
    while (depth > 0) {
      const bool object = is_object[static_cast<std::size_t>(depth - 1)];
      bool more = false;
      if (!separator(object ? '}' : ']', more)) return false;
      if (more) return !object || inner_key(escaped);
      depth--;
    }
    return true;
  }

  bool inner_key(bool& escaped) {
    if (!next_is('"')) return fail("expected a key in double quotes");
    return string(escaped) && colon();
  }

  bool scalar(bool& escaped) {
    switch (*at_) {
      case '"': return string(escaped);
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      case 'N':
      case 'I': return fail("NaN and Infinity are not JSON");
      default: return number();
    }
  }

  bool word(std::string_view expected) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(expected))
      return at_ += expected.size(), true;
    return fail("expected a value");
  }

  bool number() {
    const char* start = at_;
    if (next_is('-')) at_++;
    if (next_is('I') || next_is('N')) return fail_at(start, "NaN and Infinity are not JSON");
    if (!digits()) return fail_at(start, "expected a value");
    if (*start == '0' ? at_ - start > 1 : *start == '-' && start[1] == '0' && at_ - start > 2)
      return fail_at(start, "a number must not begin with 0");
    if (next_is('.')) {
      at_++;
      if (!digits()) return fail("expected a digit after the decimal point");
    }
    if (next_is('e') || next_is('E')) {
      at_++;
      if (next_is('+') || next_is('-')) at_++;
      if (!digits()) return fail("expected a digit in the exponent");
    }
    return true;
  }

  bool digits() {
    const char* start = at_;
    while (at_ < end_ && is_digit(*at_)) at_++;
    return at_ > start;
  }

  [[gnu::always_inline]] bool string(bool& escaped) {
    escaped = false;
    const char* start = at_++;
    for (;;) {
      at_ = skip_short_plain(at_, end_);
      if (at_ == end_) return fail_at(start, "this string is never closed");
      if (*at_ == '"') return at_++, true;
      if (*at_ != '\\') return fail("a control character inside a string must be escaped");
      escaped = true;
      if (!escape()) return false;
    }
  }

  [[gnu::noinline]] bool escape() {
    const char* start = at_++;
    if (at_ == end_) return fail("the JSON text ends too early");
    if (*at_ != 'u') {
      if (std::strchr("\"\\/bfnrt", *at_) == nullptr || *at_ == '\0')
        return fail_at(start, "unknown escape in a string");
      return at_++, true;
    }
    const int unit = hex4(at_ + 1, end_);
    if (unit < 0) return fail_at(start, "\\u needs four hexadecimal digits");
    if (is_low_surrogate(unit)) return fail_at(start, "lone surrogate in a string");
    at_ += 5;
    if (!is_high_surrogate(unit)) return true;
    const bool paired =
        end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u' && is_low_surrogate(hex4(at_ + 2, end_));
    if (!paired) return fail_at(start, "lone surrogate in a string");
    at_ += 6;
    return true;
  }

  static JsonType type_of(char first) {
    switch (first) {
      case '{': return JsonType::object;
      case '[': return JsonType::array;
      case '"': return JsonType::string;
      case 't':
      case 'f': return JsonType::boolean;
      case 'n': return JsonType::null;
      default: return JsonType::number;
    }
  }

  std::string_view json_;
  const char* at_;
  const char* end_;
  Depth depth_;
  const char* key_end_ = nullptr;  // just after the closing quote of the last key
  JsonFault fault_{};
};

const JsonField* JsonFields::find(std::string_view key) const {
  for (std::size_t i = fields_.size(); i-- > 0;) {
    const std::string_view each = fields_[i].key;
    if (each.size() == key.size() && (key.empty() || each[0] == key[0]) && each == key)
      return &fields_[i];
  }
  return nullptr;
}

void JsonFields::clear() {
  fields_.clear();
  unescaped_keys_.clear();
  has_duplicates_ = false;
}

std::optional<JsonFault> scan_json_object(std::string_view json, JsonFields& fields) {
  fields.clear();
  return JsonScanner(json).object(fields);
}

std::optional<JsonFault> skim_json_object(std::string_view json, JsonFields& fields) {
  fields.clear();
  return JsonScanner(json, JsonScanner::Depth::skim).object(fields);
}

std::optional<JsonFault> scan_json(std::string_view json) { return JsonScanner(json).any(); }

std::optional<JsonFault> scan_json_array(std::string_view json,
                                         std::vector<std::string_view>& elements) {
  elements.clear();
  return JsonScanner(json).array(elements);
}

std::string json_position(std::string_view json, std::size_t offset) {
  std::size_t line = 1, start = 0;
  for (std::size_t i = 0; i < offset && i < json.size(); i++) {
    if (json[i] == '\n') line++, start = i + 1;
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - start + 1);
}

std::string json_unescape(std::string_view value) {
  std::string out;
  const char* end = value.data() + value.size() - 1;
  for (const char* at = value.data() + 1; at < end;) {
    if (*at != '\\') {
      const char* run = skip_plain_json(at, end);
      out.append(at, run);
      at = run;
      continue;
    }
    at++;
    switch (const char c = *at++; c) {
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'u': {
        auto code = static_cast<unsigned>(hex4(at, end));
        at += 4;
        if (is_high_surrogate(static_cast<int>(code))) {
          code =
              0x10000 + ((code - 0xd800) << 10) + static_cast<unsigned>(hex4(at + 2, end)) - 0xdc00;
          at += 6;
        }
        append_utf8(out, code);
        break;
      }
      default: out += c;
    }
  }
  return out;
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::optional<bool> json_bool(std::string_view value) {
  if (value == "true") return true;
  if (value == "false") return false;
  return std::nullopt;
}

std::optional<double> json_number(std::string_view value) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const bool whole = error == std::errc() && end == value.data() + value.size();
  if (!whole || !std::isfinite(number)) return std::nullopt;  // from_chars knows "nan" and "inf"
  return number;
}

}  // namespace sluice
