#pragma once
// Code points of any bytes: each maximal part of a sequence that is not UTF-8 is one U+FFFD
// (Unicode Standard, section 3.9, "substitution of maximal subparts"; also what Python's "replace"
// and the web's decoders do).
#include <cstdint>
#include <string_view>

namespace sluice::embed {

class Utf8Reader {
 public:
  explicit Utf8Reader(std::string_view text) : at_(text.data()), end_(at_ + text.size()) {}

  bool at_end() const { return at_ == end_; }

  // Only before the end.
  char32_t next() {
    const std::uint8_t lead = take();
    if (lead < 0x80) return lead;
    if (lead >= 0xc2 && lead <= 0xdf) return tail(lead & 0x1fu, 1, 0x80, 0xbf);
    if (lead >= 0xe0 && lead <= 0xef)  // neither overlong nor a surrogate
      return tail(lead & 0x0fu, 2, lead == 0xe0 ? 0xa0 : 0x80, lead == 0xed ? 0x9f : 0xbf);
    if (lead >= 0xf0 && lead <= 0xf4)  // neither overlong nor beyond U+10FFFF
      return tail(lead & 0x07u, 3, lead == 0xf0 ? 0x90 : 0x80, lead == 0xf4 ? 0x8f : 0xbf);
    return replacement;
  }

 private:
  static constexpr char32_t replacement = 0xfffd;

  std::uint8_t take() { return static_cast<std::uint8_t>(*at_++); }

  // `count` more bytes, the first of them within [least, most].
  char32_t tail(char32_t point, int count, std::uint8_t least, std::uint8_t most) {
    for (; count > 0; count--, least = 0x80, most = 0xbf) {
      if (at_end()) return replacement;
      const auto byte = static_cast<std::uint8_t>(*at_);
      if (byte < least || byte > most) return replacement;
      point = point << 6 | (byte & 0x3fu);
      at_++;
    }
    return point;
  }

  const char* at_;
  const char* end_;
};

}  // namespace sluice::embed
