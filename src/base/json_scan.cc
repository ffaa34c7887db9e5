#include "base/json_scan.h"

#include <simdjson.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json_blocks.h"
#include "base/utf8.h"

namespace sluice {

namespace {

using ShortBlock = JsonBlock<16>;
constexpr int short_size = 16;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank_or_control(char c) { return static_cast<unsigned char>(c) <= ' '; }

// Where the first of eight bytes stands that is no digit; 8 when all are.
int count_digits(const char* at) {
  constexpr std::uint64_t each = 0x0101'0101'0101'0101;
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  // A digit is then 0 to 9, to which 0x76 can be added below 0x80. What overflows from another byte
  // into the next one changes nothing before it.
  bytes ^= '0' * each;
  const std::uint64_t others = ((bytes + 0x76 * each) | bytes) & 0x80 * each;
  return std::countr_zero(others) / 8;
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

// Almost all names differ in length or in the first byte.
bool is_same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || a[0] == b[0]) && a == b;
}

bool is_high_surrogate(int unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low_surrogate(int unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

// The pass over the text. A reader takes the place where its part begins and returns the place just
// after it, or nullptr after fail(). Names and strings, of which a text mostly consists, are read
// inline; what is long or rare is not.
class JsonScanner {
 public:
  enum class Depth { strict, skim };
  explicit JsonScanner(std::string_view json, Depth depth = Depth::strict)
      : json_(json), end_(json.data() + json.size()), depth_(depth) {}

  std::optional<JsonFault> object(JsonFields& fields) {
    if (whole([&](const char* at) { return top_object(at, fields); }) == nullptr) return fault_;
    fields.has_duplicates_ = depth_ == Depth::skim || may_have_duplicates(fields.fields_);
    return std::nullopt;
  }
  std::optional<JsonFault> array(std::vector<std::string_view>& elements) {
    if (whole([&](const char* at) { return top_array(at, elements); }) == nullptr) return fault_;
    return std::nullopt;
  }
  std::optional<JsonFault> any() {
    if (whole([&](const char* at) { return value(at); }) == nullptr) return fault_;
    return std::nullopt;
  }

 private:
  const char* fail(const char* where, const char* what) {
    fault_ = {static_cast<std::size_t>(where - json_.data()), what};
    return nullptr;
  }
  const char* fail_at_end() { return fail(end_, "the JSON text ends too early"); }

  bool is(const char* at, char c) const { return at < end_ && *at == c; }
  std::uint32_t offset(const char* at) const {
    return static_cast<std::uint32_t>(at - json_.data());
  }

  const char* space(const char* at) const {
    return at < end_ && is_blank_or_control(*at) ? long_space(at) : at;
  }
  // Up to `c`, where that is next; mostly it is.
  const char* space_before(const char* at, char c) const { return is(at, c) ? at : space(at); }
  // Mostly one blank, or a new line and its indentation.
  [[gnu::noinline]] const char* long_space(const char* at) const {
    if (*at == ' ' && end_ - at > 1 && !is_blank_or_control(at[1])) return at + 1;
    for (; end_ - at >= short_size; at += short_size) {
      const std::uint64_t others = ShortBlock(at).no_spaces();
      if (others != 0) return at + std::countr_zero(others);
    }
    while (at < end_ && is_space(*at)) at++;
    return at;
  }

  template <class Body>
  const char* whole(Body body) {
    if (json_.size() > max_json_bytes) return fail(json_.data(), "the text is too long");
    const bool utf8 = depth_ == Depth::skim || simdjson::validate_utf8(json_.data(), json_.size());
    if (!utf8) return fail(first_bad_utf8(), "not valid UTF-8");
    const char* at = body(space(json_.data()));
    if (at == nullptr) return nullptr;
    at = space(at);
    return at == end_ ? at : fail(at, "unexpected text after the end of the JSON value");
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

  static bool may_have_duplicates(const std::vector<JsonField>& fields) {
    constexpr std::size_t most_compared = 32;
    if (fields.size() > most_compared) return true;
    for (std::size_t i = 1; i < fields.size(); i++) {
      for (std::size_t j = 0; j < i; j++) {
        if (is_same_name(fields[i].key, fields[j].key)) return true;
      }
    }
    return false;
  }

  const char* top_object(const char* at, JsonFields& fields) {
    constexpr std::size_t usual_fields = 8;
    if (fields.fields_.capacity() == 0) fields.fields_.reserve(usual_fields);
    if (!is(at, '{')) return fail(at, "expected a JSON object");
    at = space(at + 1);
    if (is(at, '}')) return at + 1;
    for (;;) {
      at = field(at, fields);
      if (at == nullptr) return nullptr;
      at = space_before(at, ',');
      if (is(at, '}')) return at + 1;
      if (!is(at, ',')) return fail(at, "expected ',' or '}'");
      at = space(at + 1);
    }
  }

  [[gnu::always_inline]] const char* field(const char* begin, JsonFields& fields) {
    std::string_view key;
    const char* start = short_name(begin);
    if (start != nullptr)
      key = {begin + 1, start - 2};
    else if ((start = long_name(begin, fields, key)) == nullptr)
      return nullptr;
    start = space(start);
    const char* end = member(start);
    if (end == nullptr) return nullptr;
    fields.fields_.push_back(
        {key, std::string_view(start, end), type_of(*start), offset(begin), offset(end)});
    return end;
  }

  // Most names: `"name":` with up to 16 bytes and no escapes. nullptr for others.
  [[gnu::always_inline]] const char* short_name(const char* at) const {
    if (end_ - at < short_size + 3) return nullptr;
    const char* quote = skip_plain_block(at + 1);
    return at[0] == '"' && quote[0] == '"' && quote[1] == ':' ? quote + 2 : nullptr;
  }

  // Any name with its colon, and its text.
  [[gnu::noinline]] const char* long_name(const char* at, JsonFields& fields,
                                          std::string_view& text) {
    const char* after = long_name(at);
    if (after == nullptr) return nullptr;
    const char* quote = after - 2;
    while (*quote != '"') quote--;
    text = {at + 1, quote};
    if (text.find('\\') != std::string_view::npos)
      text = fields.unescaped_keys_.emplace_front(json_unescape({at, quote + 1}));
    return after;
  }
  const char* long_name(const char* at) {
    if (!is(at, '"')) return fail(at, "expected a key in double quotes");
    at = string(at);
    if (at == nullptr) return nullptr;
    at = space(at);
    return is(at, ':') ? at + 1 : fail(at, "expected ':' after the key");
  }

  const char* top_array(const char* at, std::vector<std::string_view>& elements) {
    if (!is(at, '[')) return fail(at, "expected a JSON array");
    at = space(at + 1);
    if (is(at, ']')) return at + 1;
    for (;;) {
      const char* start = at;
      at = value(at);
      if (at == nullptr) return nullptr;
      elements.emplace_back(start, at);
      at = space_before(at, ',');
      if (is(at, ']')) return at + 1;
      if (!is(at, ',')) return fail(at, "expected ',' or ']'");
      at = space(at + 1);
    }
  }

  // The value of a top-level field; most are scalars.
  [[gnu::always_inline]] const char* member(const char* at) {
    if (at == end_) return fail_at_end();
    if (*at == '"') return string(at);
    if (*at != '{' && *at != '[') return literal(at);
    return depth_ == Depth::skim ? skip_nested(at) : value(at);
  }

  // A container in skim mode: to the bracket that closes it.
  const char* skip_nested(const char* at) {
    at = json_kernels().skip_nested(at, json_);
    return at != nullptr ? at : fail_at_end();
  }

  // Which of the containers around a place are objects, by depth.
  using Containers = std::array<bool, max_json_depth>;

  // One value of any type, containers without recursion.
  const char* value(const char* at) {
    Containers is_object;
    std::size_t depth = 0;
    for (;;) {
      if (at == end_) return fail_at_end();
      if (*at == '"') {
        at = string(at);
      } else if (*at == '{' || *at == '[') {
        if (depth == max_json_depth) return fail(at, "nested too deeply");
        const bool object = is_object[depth++] = *at == '{';
        at = space(at + 1);
        if (!is(at, object ? '}' : ']')) {
          if (object && (at = name(at)) == nullptr) return nullptr;
          continue;  // to the first member
        }
        at++;
        depth--;
      } else {
        at = literal(at);
      }
      if (at != nullptr) at = after_value(at, is_object, depth);
      if (at == nullptr || depth == 0) return at;
    }
  }

  // Closes containers as far as the text does; to the next value, or until depth is 0.
  [[gnu::always_inline]] const char* after_value(const char* at, const Containers& is_object,
                                                 std::size_t& depth) {
    for (; depth > 0; depth--, at++) {
      const bool object = is_object[depth - 1];
      at = space_before(at, ',');
      if (is(at, ',')) return object ? name(space(at + 1)) : space(at + 1);
      if (!is(at, object ? '}' : ']'))
        return fail(at, object ? "expected ',' or '}'" : "expected ',' or ']'");
    }
    return at;
  }

  // A key, its colon and the space around.
  const char* name(const char* at) {
    const char* after = short_name(at);
    if (after == nullptr && (after = long_name(at)) == nullptr) return nullptr;
    return space(after);
  }

  const char* literal(const char* at) {
    switch (*at) {
      case 't': return word(at, "true");
      case 'f': return word(at, "false");
      case 'n': return word(at, "null");
      default: return number(at);
    }
  }

  const char* word(const char* at, std::string_view expected) {
    if (!std::string_view(at, end_).starts_with(expected)) return fail(at, "expected a value");
    return at + expected.size();
  }

  const char* number(const char* start) {
    const char* whole = *start == '-' ? start + 1 : start;
    const char* at = digits(whole);
    if (at == whole) return fail(start, no_digit(at));
    if (*whole == '0' && at - whole > 1) return fail(start, "a number must not begin with 0");
    if (at == end_ || !is_number_part(*at)) return at;
    if (*at == '.') {
      const char* fraction = at + 1;
      at = digits(fraction);
      if (at == fraction) return fail(at, "expected a digit after the decimal point");
    }
    return is(at, 'e') || is(at, 'E') ? exponent(at + 1) : at;
  }

  static bool is_number_part(char c) { return c == '.' || c == 'e' || c == 'E'; }

  const char* exponent(const char* at) {
    if (is(at, '+') || is(at, '-')) at++;
    const char* after = digits(at);
    return after > at ? after : fail(at, "expected a digit in the exponent");
  }

  const char* no_digit(const char* at) const {
    return is(at, 'I') || is(at, 'N') ? "NaN and Infinity are not JSON" : "expected a value";
  }

  const char* digits(const char* at) const {
    while (end_ - at >= 8) {
      const int count = count_digits(at);
      at += count;
      if (count < 8) return at;
    }
    while (at < end_ && is_digit(*at)) at++;
    return at;
  }

  // The next byte of 16 that ends or interrupts a string, or the 17th, which must be there.
  [[gnu::always_inline]] static const char* skip_plain_block(const char* at) {
    return at + std::countr_zero(ShortBlock(at).string_stops() | 1u << short_size);
  }

  // Strings mostly end within 16 bytes: names, roles, types.
  [[gnu::always_inline]] const char* string(const char* start) {
    const char* at = start + 1;
    if (end_ - at > short_size) {
      at = skip_plain_block(at);
      if (*at == '"') return at + 1;
    }
    return rest_of_string(start, at);
  }

  // Most others within 32, or they are texts, with escapes.
  [[gnu::noinline]] const char* rest_of_string(const char* start, const char* at) {
    if (end_ - at > short_size) {
      at = skip_plain_block(at);
      if (*at == '"') return at + 1;
    }
    for (;;) {
      at = json_kernels().skip_escaped(at, json_);
      if (at == end_) return fail(start, "this string is never closed");
      if (*at == '"') return at + 1;
      if (*at != '\\') return fail(at, "a control character inside a string must be escaped");
      at = long_escape(at);
      if (at == nullptr) return nullptr;
    }
  }

  // An escape that is none of two bytes.
  const char* long_escape(const char* start) {
    const char* at = start + 1;
    if (at == end_) return fail_at_end();
    if (*at != 'u') return fail(start, "unknown escape in a string");
    const int unit = hex4(at + 1, end_);
    if (unit < 0) return fail(start, "\\u needs four hexadecimal digits");
    if (is_low_surrogate(unit)) return fail(start, "lone surrogate in a string");
    at += 5;
    if (!is_high_surrogate(unit)) return at;
    const bool paired =
        end_ - at >= 6 && at[0] == '\\' && at[1] == 'u' && is_low_surrogate(hex4(at + 2, end_));
    return paired ? at + 6 : fail(start, "lone surrogate in a string");
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
  const char* end_;
  Depth depth_;
  JsonFault fault_{};
};

const JsonField* JsonFields::find(std::string_view key) const {
  for (std::size_t i = fields_.size(); i-- > 0;) {
    if (is_same_name(fields_[i].key, key)) return &fields_[i];
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

const char* skip_plain_json(const char* at, const char* end) {
  return json_kernels().skip_plain(at, {at, end});
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
