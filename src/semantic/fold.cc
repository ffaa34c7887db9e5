#include "semantic/fold.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace sluice::semantic {
namespace {

struct Range {
  std::uint32_t first, last;
};

// U+00C0 to U+017F without their accents; '*' where one letter is not enough, '.' for no letter.
constexpr std::string_view latin =
    "AAAAAA*CEEEEIIIIDNOOOOO.OUUUUY**aaaaaa*ceeeeiiiidnooooo.ouuuuy*y"
    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi**JjKkkLlLlLlLlLlNnNnNnnNnOoOoOo**RrRrRrSs"
    "SsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";
static_assert(latin.size() == 0x180 - 0xc0);

// What was removed from U+00C0 to U+00FF, so that a letter with its accent and a letter followed by
// a combining accent are the same: grave, acute, circumflex, tilde, diaeresis, ring, cedilla.
constexpr std::string_view latin_1_marks =
    "gactdr*,gacdgacdstgactd.sgacda**gactdr*,gacdgacdstgactd.sgacda*d";
static_assert(latin_1_marks.size() == 64);
struct Combining {
  std::uint32_t point;
  char mark;
};
constexpr std::array combining{Combining{0x300, 'g'}, Combining{0x301, 'a'}, Combining{0x302, 'c'},
                               Combining{0x303, 't'}, Combining{0x308, 'd'}, Combining{0x30a, 'r'},
                               Combining{0x327, ','}};

struct Spelling {
  std::uint32_t point;
  std::string_view text;
};

constexpr std::array spellings{
    Spelling{0xc6, "AE"},
    Spelling{0xde, "TH"},
    Spelling{0xdf, "ss"},
    Spelling{0xe6, "ae"},
    Spelling{0xfe, "th"},
    Spelling{0x132, "IJ"},
    Spelling{0x133, "ij"},
    Spelling{0x152, "OE"},
    Spelling{0x153, "oe"},
    Spelling{0xa2, " cent "},
    Spelling{0xa3, " pound "},
    Spelling{0xa5, " yen "},
    Spelling{0x20ac, " euro "},
    Spelling{0x20b9, " rupee "},
    Spelling{0x20a9, " krw "},
    Spelling{0x20bd, " ruble "},
    Spelling{0x20bf, " bitcoin "},
    Spelling{0xb0, " degree "},
    Spelling{0x2103, " celsius "},
    Spelling{0x2109, " fahrenheit "},
    Spelling{0xb5, "u"},
    Spelling{0xb2, "2"},
    Spelling{0xb3, "3"},
    Spelling{0xb9, "1"},
    Spelling{0xbc, " 1/4 "},
    Spelling{0xbd, " 1/2 "},
    Spelling{0xbe, " 3/4 "},
    Spelling{0xd7, "*"},
    Spelling{0xf7, "/"},
    Spelling{0x2264, "<="},
    Spelling{0x2265, ">="},
    Spelling{0x2260, "!="},
    Spelling{0x2026, "..."},
    Spelling{0x2122, ""},
    Spelling{0xae, ""},
    Spelling{0xa9, ""},
    Spelling{0xbf, " "},
    Spelling{0xa1, " "},
    Spelling{0x3001, ","},
    Spelling{0x3002, "."},
    Spelling{0x2044, "/"},
    Spelling{0x2032, "'"},
    Spelling{0x2033, "\""},
};

// Vietnamese letters, U+1EA0 to U+1EF9, by their base.
struct Vietnamese {
  std::uint32_t last;
  char upper;
};
constexpr std::array vietnamese{Vietnamese{0x1eb7, 'A'}, Vietnamese{0x1ec7, 'E'},
                                Vietnamese{0x1ecb, 'I'}, Vietnamese{0x1ee3, 'O'},
                                Vietnamese{0x1ef1, 'U'}, Vietnamese{0x1ef9, 'Y'}};

// The zeros of the decimal digits that people type.
constexpr std::array<std::uint32_t, 12> zeros{0x660, 0x6f0, 0x966, 0x9e6, 0xa66,  0xae6,
                                              0xbe6, 0xc66, 0xce6, 0xe50, 0x2070, 0x2080};

constexpr std::array syllable_ranges{
    Range{0xe00, 0xeff},     Range{0x1000, 0x109f}, Range{0x1780, 0x17ff}, Range{0x2e80, 0x2fdf},
    Range{0x3005, 0x3007},   Range{0x3040, 0x30ff}, Range{0x3100, 0x31bf}, Range{0x3400, 0x4dbf},
    Range{0x4e00, 0x9fff},   Range{0xac00, 0xd7af}, Range{0xf900, 0xfaff}, Range{0xff66, 0xff9f},
    Range{0x20000, 0x323af},
};
constexpr std::array alphabet_ranges{
    Range{0x370, 0xdff},   Range{0x10a0, 0x10ff}, Range{0x1200, 0x139f},   Range{0x1680, 0x16ff},
    Range{0x1c80, 0x1cbf}, Range{0x1f00, 0x1fff}, Range{0x2c80, 0x2cff},   Range{0xa980, 0xa9df},
    Range{0xfb1d, 0xfdff}, Range{0xfe70, 0xfefe}, Range{0x10300, 0x10fff},
};

bool within(std::uint32_t point, const auto& ranges) {
  return std::ranges::any_of(
      ranges, [=](Range range) { return point >= range.first && point <= range.last; });
}

bool is_space(std::uint32_t point) {
  return point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
         point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f ||
         point == 0x3000;
}

bool is_invisible(std::uint32_t point) {
  return point == 0xad || (point >= 0x200b && point <= 0x200f) || point == 0x2060 ||
         point == 0xfeff || (point >= 0xfe00 && point <= 0xfe0f) ||
         (point >= 0x202a && point <= 0x202e);
}

// The ASCII of a quote or a dash, or 0.
char plain_mark(std::uint32_t point) {
  if (point >= 0x2018 && point <= 0x201b) return '\'';
  if ((point >= 0x201c && point <= 0x201f) || point == 0xab || point == 0xbb ||
      (point >= 0x300c && point <= 0x300f))
    return '"';
  if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212) return '-';
  return 0;
}

std::uint32_t lower_other(std::uint32_t point) {
  if (point >= 0x391 && point <= 0x3a9) return point + 32;
  if (point >= 0x410 && point <= 0x42f) return point + 32;
  if (point >= 0x400 && point <= 0x40f) return point + 80;
  if (point >= 0x531 && point <= 0x556) return point + 48;
  return point;
}

// The next code point; U+FFFD and one byte where there is no valid UTF-8.
CodePoint decode(std::string_view text) {
  const CodePoint point = first_code_point(text);
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  bool valid = point.bytes <= text.size() && (static_cast<unsigned char>(text[0]) & 0xc0) != 0x80;
  for (std::size_t i = 1; valid && i < point.bytes; i++)
    valid = (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
  valid = valid && point.value >= least[point.bytes] && point.value <= 0x10ffff &&
          (point.value < 0xd800 || point.value > 0xdfff);
  return valid ? point : CodePoint{0xfffd, 1};
}

class Folder {
 public:
  explicit Folder(std::size_t size) {
    out_.plain.reserve(size + size / 8);
    out_.accents.reserve(size + size / 8);
  }

  void add(std::uint32_t point) {
    if (point < 0x80) return append(static_cast<char>(point), 0);
    if (const char mark = plain_mark(point)) return append(mark, 0);
    if (is_space(point)) return append(' ', 0);
    if (is_invisible(point)) return;
    if (point >= 0xff01 && point <= 0xff5e) return append(static_cast<char>(point - 0xfee0), 0);
    if (point >= 0x300 && point <= 0x36f) return accent(point);
    for (const std::uint32_t zero : zeros) {
      if (point >= zero && point < zero + 10)
        return append(static_cast<char>('0' + (point - zero)), 0);
    }
    for (const auto& spelling : spellings) {
      if (spelling.point == point) return append(spelling.text);
    }
    if (const char letter = base_letter(point)) return append(letter, mark_of(point));
    append_code_point(lower_other(point));
  }

  Folded take() {
    out_.lower = out_.plain;
    for (char& c : out_.lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return std::move(out_);
  }

 private:
  static std::uint8_t mark_of(std::uint32_t point) {
    if (point >= 0xc0 && point <= 0xff)
      return static_cast<std::uint8_t>(latin_1_marks[point - 0xc0]);
    for (const Combining& each : combining) {
      if (each.point == point) return static_cast<std::uint8_t>(each.mark);
    }
    return static_cast<std::uint8_t>((point * 37 + (point >> 8)) | 1);
  }
  static char base_letter(std::uint32_t point) {
    if (point >= 0xc0 && point < 0x180) {
      const char base = latin[point - 0xc0];
      return base == '*' || base == '.' ? '\0' : base;
    }
    if (point < 0x1ea0 || point > 0x1ef9) return 0;
    const auto& row =
        *std::ranges::find_if(vietnamese, [=](const auto& each) { return point <= each.last; });
    return static_cast<char>(row.upper + (point % 2 == 0 ? 0 : 32));
  }
  void append(char c, std::uint8_t mark) {
    out_.plain.push_back(c);
    out_.accents.push_back(mark);
  }
  void append(std::string_view text) {
    for (const char c : text) append(c, 0);
  }
  void append_code_point(std::uint32_t point) {
    append_utf8(out_.plain, point);
    out_.accents.resize(out_.plain.size(), 0);
  }
  void accent(std::uint32_t point) {
    if (!out_.accents.empty()) out_.accents.back() ^= mark_of(point);
  }

  Folded out_;
};

}  // namespace

Script script_of(std::uint32_t point) {
  if (point < 0x80 || (point >= 0xc0 && point < 0x250) || (point >= 0x1e00 && point < 0x1f00))
    return Script::latin;
  if (within(point, syllable_ranges)) return Script::syllables;
  return within(point, alphabet_ranges) ? Script::alphabet : Script::sign;
}

Folded fold(std::string_view text) {
  Folder folder(text.size());
  while (!text.empty()) {
    const CodePoint point = decode(text);
    folder.add(point.value);
    text.remove_prefix(point.bytes);
  }
  return folder.take();
}

}  // namespace sluice::semantic
