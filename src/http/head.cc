#include "http/head.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::http {

namespace {

// RFC 9110 5.6.2: token characters.
constexpr auto token_chars = [] {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; c++) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; c++)
    table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 32)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// RFC 9110 5.5: field values; visible characters, space, tab and the bytes above ASCII.
constexpr auto value_chars = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 256; c++) table[c] = c >= 32 && c != 127;
  table['\t'] = true;
  return table;
}();

// RFC 3986: what a request target may hold; everything visible, as servers in the field accept it.
constexpr bool is_target_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 32 && byte != 127;
}

// The first byte in [at, end) that a header's value can't hold. 16 bytes at a time where the
// machine has them.
const char* skip_value(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i control = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes),
                                     _mm_cmpeq_epi8(bytes, del));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask == 0) continue;
    at += std::countr_zero(mask);
    if (*at != '\t') return at;
    break;  // a tab is fine, but rare: go on byte by byte
  }
#endif
  while (at < end && value_chars[static_cast<unsigned char>(*at)]) at++;
  return at;
}

// The first byte in [at, end) that a name can't hold. The usual ones (letters, digits, '-') are
// told 16 at a time.
const char* skip_token(const char* at, const char* end) {
#if defined(__SSE2__)
  const auto between = [](__m128i bytes, char least, char most) {
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(least - 1))),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(most + 1))));
  };
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i letters = between(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i others =
        _mm_or_si128(between(bytes, '0', '9'), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
    const auto usual = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(letters, others)));
    at += std::countr_one(usual);
    if (usual != 0xffff) break;
  }
#endif
  while (at < end && token_chars[static_cast<unsigned char>(*at)]) at++;
  return at;
}

class HeadParser {
 public:
  HeadParser(std::string_view text, Head& head)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), head_(head) {
    head_.clear();
  }

  Parse request() {
    if (const Parse step = token(head_.method); step != Parse::complete) return step;
    if (const Parse step = literal(" "); step != Parse::complete) return step;
    const char* start = at_;
    while (at_ < end_ && is_target_char(*at_)) at_++;
    if (at_ == end_) return Parse::incomplete;
    if (at_ == start) return Parse::malformed;
    head_.target = view(start, at_);
    if (const Parse step = literal(" HTTP/1."); step != Parse::complete) return step;
    if (const Parse step = minor_version(); step != Parse::complete) return step;
    if (const Parse step = line_end(); step != Parse::complete) return step;
    const Parse step = headers();
    // RFC 9112 3.2: exactly one Host, which HTTP/1.0 may leave out.
    const bool host_is_clear = hosts_ == 1 || (hosts_ == 0 && head_.minor == 0);
    return step == Parse::complete && !host_is_clear ? Parse::malformed : step;
  }

  Parse response() {
    if (const Parse step = literal("HTTP/1."); step != Parse::complete) return step;
    if (const Parse step = minor_version(); step != Parse::complete) return step;
    if (const Parse step = literal(" "); step != Parse::complete) return step;
    for (int i = 0; i < 3; i++, at_++) {
      if (at_ == end_) return Parse::incomplete;
      if (*at_ < '0' || *at_ > '9') return Parse::malformed;
      head_.status = head_.status * 10 + (*at_ - '0');
    }
    if (head_.status < 100) return Parse::malformed;
    // The reason phrase may be missing, with or without its space.
    while (at_ < end_ && value_chars[static_cast<unsigned char>(*at_)]) at_++;
    if (const Parse step = line_end(); step != Parse::complete) return step;
    return headers();
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  static std::string_view view(const char* from, const char* to) {
    return {from, static_cast<std::size_t>(to - from)};
  }

  Parse literal(std::string_view expected) {
    if (static_cast<std::size_t>(end_ - at_) >= expected.size()) {
      if (std::memcmp(at_, expected.data(), expected.size()) != 0) return Parse::malformed;
      at_ += expected.size();
      return Parse::complete;
    }
    for (const char c : expected) {
      if (at_ == end_) return Parse::incomplete;
      if (*at_ != c) return Parse::malformed;
      at_++;
    }
    return Parse::complete;
  }

  Parse line_end() {
    if (end_ - at_ >= 2) {
      if (at_[0] != '\r' || at_[1] != '\n') return Parse::malformed;
      at_ += 2;
      return Parse::complete;
    }
    return at_ < end_ && *at_ != '\r' ? Parse::malformed : Parse::incomplete;
  }

  Parse token(std::string_view& out) {
    const char* start = at_;
    at_ = skip_token(at_, end_);
    if (at_ == end_) return Parse::incomplete;
    if (at_ == start) return Parse::malformed;
    out = view(start, at_);
    return Parse::complete;
  }

  Parse minor_version() {
    if (at_ == end_) return Parse::incomplete;
    if (*at_ != '0' && *at_ != '1') return Parse::malformed;
    head_.minor = *at_++ - '0';
    head_.keep_alive = head_.minor == 1;
    return Parse::complete;
  }

  Parse headers() {
    for (;;) {
      if (at_ == end_) return Parse::incomplete;
      if (*at_ == '\r') {
        if (const Parse step = line_end(); step != Parse::complete) return step;
        head_.size = static_cast<std::size_t>(at_ - begin_);
        return head_.has_length && head_.chunked ? Parse::malformed : Parse::complete;
      }
      if (head_.headers.size() == max_headers) return Parse::too_large;
      if (const Parse step = header(); step != Parse::complete) return step;
    }
  }

  // One line. The places are kept in variables of its own, which the compiler keeps in registers.
  [[gnu::always_inline]] Parse header() {
    const char* const name = at_;
    const char* const colon = skip_token(name, end_);
    if (colon == end_) return Parse::incomplete;
    if (colon == name || *colon != ':') return Parse::malformed;
    const char* start = colon + 1;
    if (start < end_ && *start == ' ') start++;  // usual: one
    while (start < end_ && is_blank(*start)) start++;
    const char* const untrimmed = skip_value(start, end_);
    at_ = untrimmed;
    if (const Parse step = line_end(); step != Parse::complete) return step;
    const char* stop = untrimmed;
    while (stop > start && is_blank(stop[-1])) stop--;
    const bool sound = take({view(name, colon), view(start, stop)}, stop == untrimmed);
    return sound ? Parse::complete : Parse::malformed;
  }

  // Notes the headers that frame the message. False = two readers could disagree about it.
  bool take(const Header& header, bool ends_clean) {
    head_.headers.push_back(header);
    const auto& [name, value] = header;
    head_.name_sizes |= std::uint64_t{1} << (name.size() % 64);
    switch (name.size()) {
      case 4: hosts_ += name_is(name, "host"); return true;
      case 6:
        if (name_is(name, "expect")) {
          const bool known = equals_ignoring_case(value, "100-continue");
          (known ? head_.expect_continue : head_.expect_other) = true;
        }
        return true;
      case 10: return !name_is(name, "connection") || take_connection(value);
      case 14: return !name_is(name, "content-length") || take_length(value);
      case 17:
        if (!name_is(name, "transfer-encoding")) return true;
        if (head_.chunked || head_.minor == 0 || !ends_clean) return false;
        if (!equals_ignoring_case(value, "chunked")) return false;
        return head_.chunked = true;
      default: return true;
    }
  }

  bool take_connection(std::string_view value) {
    while (!value.empty()) {
      const std::size_t comma = value.find(',');
      std::string_view option = value.substr(0, comma);
      while (!option.empty() && is_blank(option.front())) option.remove_prefix(1);
      while (!option.empty() && is_blank(option.back())) option.remove_suffix(1);
      if (equals_ignoring_case(option, "close")) closes_ = true, head_.keep_alive = false;
      if (equals_ignoring_case(option, "keep-alive") && !closes_) head_.keep_alive = true;
      value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
    }
    return true;
  }

  bool take_length(std::string_view value) {
    std::uint64_t length = 0;
    if (head_.has_length || value.empty() || value.size() > 15) return false;
    for (const char c : value) {
      if (c < '0' || c > '9') return false;
      length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    head_.length = length;
    return head_.has_length = true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  Head& head_;
  bool closes_ = false;
  int hosts_ = 0;
};

// An incomplete head that is longer than any may be.
Parse bounded(Parse step, std::string_view text) {
  return step == Parse::incomplete && text.size() >= max_head_bytes ? Parse::too_large : step;
}

}  // namespace

bool is_token_char(char c) { return token_chars[static_cast<unsigned char>(c)]; }
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
bool is_value_char(char c) { return value_chars[static_cast<unsigned char>(c)]; }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); i++) {
    if (a[i] == b[i]) continue;
    const char lower = static_cast<char>(a[i] | 0x20);
    if ((a[i] ^ b[i]) != 0x20 || lower < 'a' || lower > 'z') return false;
  }
  return true;
}

const std::string_view* Head::search(std::string_view name) const {
  for (const Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) return &header.value;
  }
  return nullptr;
}

void Head::clear() {
  std::vector<Header> kept = std::move(headers);
  kept.clear();
  *this = Head{};
  headers = std::move(kept);
}

Parse parse_request_head(std::string_view text, Head& head) {
  return bounded(HeadParser(text.substr(0, max_head_bytes), head).request(), text);
}

Parse parse_response_head(std::string_view text, Head& head) {
  return bounded(HeadParser(text.substr(0, max_head_bytes), head).response(), text);
}

}  // namespace sluice::http
