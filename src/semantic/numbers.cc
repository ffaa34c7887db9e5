#include "semantic/numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace sluice::semantic {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "1,234,567.5" and "12,34,567" without the commas; others as they are.
std::string without_separators(std::string_view text) {
  const std::string_view whole = text.substr(0, text.find('.'));
  const std::size_t comma = whole.find(',');
  if (comma == std::string_view::npos || comma > 3 || whole.find_first_of(":/-") != whole.npos)
    return std::string(text);
  const std::size_t last = whole.size() - 1 - whole.rfind(',');
  std::string bare(text);
  if (last == 3) std::erase(bare, ',');
  return bare;
}

std::optional<double> value_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::string text_of(double value) {
  std::array<char, 32> room;
  const auto [end, error] =
      value == std::floor(value) && value < 1e15
          ? std::to_chars(room.data(), room.data() + room.size(), static_cast<std::int64_t>(value))
          : std::to_chars(room.data(), room.data() + room.size(), value);
  return {room.data(), end};
}

std::string ordinal_text(std::int64_t value) {
  const std::int64_t tens = value % 100, ones = value % 10;
  const bool teen = tens >= 11 && tens <= 13;
  return std::to_string(value) + (teen        ? "th"
                                  : ones == 1 ? "st"
                                  : ones == 2 ? "nd"
                                  : ones == 3 ? "rd"
                                              : "th");
}

struct Roman {
  std::string_view text, value;
  bool only_capital;  // a word or an abbreviation otherwise
};
constexpr std::array romans{
    Roman{"ii", "2", false},    Roman{"iii", "3", false},    Roman{"iv", "4", true},
    Roman{"v", "5", true},      Roman{"vi", "6", true},      Roman{"vii", "7", false},
    Roman{"viii", "8", false},  Roman{"ix", "9", false},     Roman{"x", "10", true},
    Roman{"xi", "11", true},    Roman{"xii", "12", false},   Roman{"xiii", "13", false},
    Roman{"xiv", "14", false},  Roman{"xv", "15", false},    Roman{"xvi", "16", false},
    Roman{"xvii", "17", false}, Roman{"xviii", "18", false}, Roman{"xix", "19", false},
    Roman{"xx", "20", true},    Roman{"xxi", "21", false},
};

class NumberReader {
 public:
  NumberReader(std::vector<Token>& tokens, std::deque<std::string>& kept)
      : tokens_(tokens), kept_(kept) {}

  void run() {
    for (std::size_t at = 0; at < tokens_.size(); at++) read(at);
  }

 private:
  void set(std::size_t at, TokenType type, std::string canonical) {
    tokens_[at].type = type;
    tokens_[at].canonical = kept_.emplace_back(std::move(canonical));
    tokens_[at].word = nullptr;
  }
  // Replaces `count` tokens by the first of them.
  void merge(std::size_t at, std::size_t count, TokenType type, std::string canonical) {
    set(at, type, std::move(canonical));
    const auto first = tokens_.begin() + static_cast<std::ptrdiff_t>(at) + 1;
    tokens_.erase(first, first + static_cast<std::ptrdiff_t>(count) - 1);
  }
  const Token* next(std::size_t at) const {
    return at + 1 < tokens_.size() ? &tokens_[at + 1] : nullptr;
  }
  const Token* previous(std::size_t at) const { return at > 0 ? &tokens_[at - 1] : nullptr; }
  static bool is_number_word(const Token* token) {
    return token != nullptr && token->type == TokenType::word && token->word != nullptr &&
           token->word->has(number_word) && !token->quoted;
  }
  static bool is_number(const Token* token) {
    return token != nullptr && token->type == TokenType::number;
  }

  void read(std::size_t at) {
    if (tokens_[at].type == TokenType::number) return read_digits(at);
    if (tokens_[at].type != TokenType::word) return;
    if (is_number_word(&tokens_[at])) return read_words(at);
    read_roman(at);
  }

  void read_digits(std::size_t at) {
    std::string bare = without_separators(tokens_[at].text);
    const Token* suffix = next(at);
    if (suffix != nullptr && suffix->joined && suffix->type == TokenType::word) {
      const std::string_view text = suffix->text;
      if (all_digits(bare) && bare.size() < 10 &&
          (text == "st" || text == "nd" || text == "rd" || text == "th"))
        return merge(at, 2, TokenType::ordinal, ordinal_text(std::stoll(bare)));
      if (text == "s") return merge(at, 2, TokenType::number, bare + "s");
      if (text == "k" && value_of(bare))
        return merge(at, 2, TokenType::number, text_of(*value_of(bare) * 1000));
    }
    write_out_unit(at);
    const auto value = value_of(bare);
    const double scale = value ? scale_after(at) : 1;
    if (scale > 1) return merge(at, 2, TokenType::number, text_of(*value * scale));
    set(at, TokenType::number, std::move(bare));
  }

  // "25 g"
  void write_out_unit(std::size_t at) {
    constexpr auto letters = std::to_array<std::array<std::string_view, 2>>({{"g", "gram"},
                                                                             {"m", "meter"},
                                                                             {"l", "liter"},
                                                                             {"h", "hour"},
                                                                             {"s", "seconds"},
                                                                             {"w", "watt"},
                                                                             {"v", "volt"},
                                                                             {"a", "ampere"},
                                                                             {"c", "celsius"},
                                                                             {"f", "fahrenheit"}});
    if (at + 1 >= tokens_.size() || tokens_[at + 1].text.size() != 1) return;
    Token& token = tokens_[at + 1];
    const bool article = token.text == "a" && !token.joined;  // "3 a day"
    for (const auto& [letter, unit_name] : letters) {
      if (token.text != letter || article) continue;
      token.word = find_word(unit_name);
      token.canonical = token.word->canonical;
    }
  }

  // What the word after a number multiplies it by; 1 when it does not.
  double scale_after(std::size_t at) const {
    const Token* word = next(at);
    if (!is_number_word(word)) return 1;
    const auto value = value_of(word->canonical);
    return value && *value >= 100 ? *value : 1;
  }

  void read_words(std::size_t at) {
    const std::string_view canonical = tokens_[at].canonical;
    if (tokens_[at].text == "second" && is_unit_here(at)) {
      tokens_[at].word = find_word("seconds");
      tokens_[at].canonical = tokens_[at].word->canonical;
      return;
    }
    if (tokens_[at].text == "one" && !counts(at)) return;
    if (!value_of(canonical)) {
      const bool multiple = canonical.starts_with('x');
      return set(at, multiple ? TokenType::number : TokenType::ordinal, std::string(canonical));
    }
    read_cardinal(at);
  }

  bool is_unit_here(std::size_t at) const {
    const Token* before = previous(at);
    if (before == nullptr) return false;
    constexpr std::array words{"a", "per", "each", "every"};
    return is_number(before) || std::ranges::find(words, before->text) != words.end();
  }

  // "one" is mostly a pronoun; it counts before a unit or another number.
  bool counts(std::size_t at) const {
    const Token* after = next(at);
    if (after == nullptr || after->type != TokenType::word || after->word == nullptr) return false;
    return is_number_word(after) || (after->word->has(unit) && after->text != "day");
  }

  // "two hundred and twenty five" → 225; "twenty first" → 21st.
  void read_cardinal(std::size_t at) {
    double total = 0, group = 0, last = 1e30;
    std::size_t end = at;
    for (; end < tokens_.size(); end++) {
      const bool joins =
          end > at && tokens_[end].text == "and" && last >= 100 && is_number_word(next(end));
      if (joins) continue;
      if (!is_number_word(&tokens_[end])) break;
      const auto value = value_of(tokens_[end].canonical);
      if (!value) {
        const auto ones = ordinal_of(tokens_[end].canonical);
        if (end == at || !ones || last < 20 || *ones >= last) break;
        return merge(at, end - at + 1, TokenType::ordinal,
                     ordinal_text(static_cast<std::int64_t>(total + group) + *ones));
      }
      if (*value >= 1000) {
        total += std::max(group, 1.0) * *value;
        group = 0;
      } else if (*value == 100) {
        group = std::max(group, 1.0) * 100;
      } else if (*value < last && *value > 0 && (last >= 20 || end == at)) {
        group += *value;
      } else if (end > at) {
        break;  // "nineteen ninety", "one two": numbers side by side
      } else {
        group = *value;
      }
      last = *value;
    }
    merge(at, std::max<std::size_t>(end - at, 1), TokenType::number, text_of(total + group));
  }

  static std::optional<std::int64_t> ordinal_of(std::string_view canonical) {
    if (canonical.size() < 3 || !all_digits(canonical.substr(0, canonical.size() - 2))) return {};
    return std::stoll(std::string(canonical.substr(0, canonical.size() - 2)));
  }

  void read_roman(std::size_t at) {
    const Token& token = tokens_[at];
    const auto roman = std::ranges::find(romans, token.text, &Roman::text);
    if (roman == romans.end() || at == 0) return;
    if (roman->only_capital && !(token.capital && tokens_[at - 1].capital)) return;
    set(at, TokenType::number, std::string(roman->value));
  }

  std::vector<Token>& tokens_;
  std::deque<std::string>& kept_;
};

}  // namespace

void read_numbers(std::vector<Token>& tokens, std::deque<std::string>& kept) {
  NumberReader(tokens, kept).run();
}

}  // namespace sluice::semantic
