#include "config/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>

#include "base/json_write.h"

namespace sluice::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes the longest prefix of `rest` made of such characters.
template <class Predicate>
std::string_view take_while(std::string_view& rest, Predicate predicate) {
  const auto end = std::ranges::find_if_not(rest, predicate) - rest.begin();
  const auto taken = rest.substr(0, static_cast<std::size_t>(end));
  rest.remove_prefix(taken.size());
  return taken;
}

bool take(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

bool take_sign(std::string_view& rest) {
  if (take(rest, '-')) return true;
  take(rest, '+');
  return false;
}

bool is_one_of(std::span<const std::string_view> words, std::string_view text) {
  return std::ranges::find(words, text) != words.end();
}

std::string without_underscores(std::string_view text) {
  std::string out;
  std::ranges::remove_copy(text, std::back_inserter(out), '_');
  return out;
}

Scalar integer(bool negative, std::string digits) {
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return {Kind::integer, (negative && digits != "0" ? "-" : "") + digits};
}

std::optional<Scalar> integer(bool negative, std::string_view digits, int base) {
  const std::string text = without_underscores(digits);
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return integer(negative, std::to_string(value));
}

Scalar real(double value) {
  if (std::isnan(value)) return {Kind::real, "nan"};
  if (std::isinf(value)) return {Kind::real, value < 0 ? "-inf" : "inf"};
  std::string text;
  append_json_double(text, value);
  return {Kind::real, std::move(text)};
}

// (":" [0-5]? digit)+ : the tail of a base-60 number. The value so far in `total`.
template <class T>
bool take_base60_tail(std::string_view& rest, T& total) {
  bool any = false;
  while (take(rest, ':')) {
    const auto part = take_while(rest, is_digit);
    if (part.empty() || part.size() > 2 || (part.size() == 2 && part[0] > '5')) return false;
    total = total * 60 +
            static_cast<T>(part.size() == 2 ? (part[0] - '0') * 10 + part[1] - '0' : part[0] - '0');
    any = true;
  }
  return any;
}

std::optional<Scalar> as_yaml_base60_integer(bool negative, std::string_view digits,
                                             std::string_view rest) {
  const std::string head = without_underscores(digits);
  std::uint64_t total = 0;
  // 12 digits and 3 parts stay far from overflow; nobody writes longer ones.
  if (head.size() > 12 || rest.size() > 9) return std::nullopt;
  std::from_chars(head.data(), head.data() + head.size(), total);
  if (!take_base60_tail(rest, total) || !rest.empty()) return std::nullopt;
  return integer(negative, std::to_string(total));
}

std::optional<Scalar> as_yaml_integer(std::string_view text) {
  const bool negative = take_sign(text);
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  if (text == "0") return Scalar{Kind::integer, "0"};
  if (text.starts_with("0b")) return integer(negative, text.substr(2), 2);
  if (text.starts_with("0x")) return integer(negative, text.substr(2), 16);
  if (text[0] == '0') return integer(negative, text, 8);
  auto rest = text;
  const auto digits = take_while(rest, [](char c) { return is_digit(c) || c == '_'; });
  if (rest.empty()) return integer(negative, without_underscores(digits));
  return as_yaml_base60_integer(negative, digits, rest);
}

bool is_exponent(std::string_view text) {
  return text.size() >= 3 && (text[0] == 'e' || text[0] == 'E') &&
         (text[1] == '-' || text[1] == '+') && std::ranges::all_of(text.substr(2), is_digit);
}

std::optional<double> parse_double(std::string_view text) {
  const std::string plain = without_underscores(text);
  double value = 0;
  const auto [end, code] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (end != plain.data() + plain.size()) return std::nullopt;
  if (code == std::errc::result_out_of_range) return plain.contains('-') ? 0.0 : HUGE_VAL;
  return value;
}

std::optional<Scalar> as_yaml_base60_real(bool negative, std::string_view digits,
                                          std::string_view rest) {
  double total = parse_double(digits).value_or(0);
  if (!take_base60_tail(rest, total) || !take(rest, '.')) return std::nullopt;
  const auto fraction = take_while(rest, [](char c) { return is_digit(c) || c == '_'; });
  if (!rest.empty()) return std::nullopt;
  total += parse_double("0." + std::string(fraction) + "0").value_or(0);
  return real(negative ? -total : total);
}

std::optional<Scalar> as_special_real(std::string_view unsigned_text, bool negative,
                                      bool has_sign) {
  constexpr std::string_view infinities[] = {".inf", ".Inf", ".INF"};
  constexpr std::string_view not_numbers[] = {".nan", ".NaN", ".NAN"};
  if (is_one_of(infinities, unsigned_text)) return real(negative ? -HUGE_VAL : HUGE_VAL);
  if (!has_sign && is_one_of(not_numbers, unsigned_text)) return real(std::nan(""));
  return std::nullopt;
}

std::optional<Scalar> as_yaml_real(std::string_view text) {
  auto rest = text;
  const bool negative = take_sign(rest);
  const bool has_sign = rest.size() != text.size();
  if (const auto special = as_special_real(rest, negative, has_sign)) return special;
  const auto number = rest;
  const auto digits = take_while(rest, [](char c) { return is_digit(c) || c == '_'; });
  if (!digits.empty() && !is_digit(digits[0])) return std::nullopt;
  if (digits.empty() && has_sign) return std::nullopt;
  if (!digits.empty() && rest.starts_with(':')) return as_yaml_base60_real(negative, digits, rest);
  if (!take(rest, '.')) return std::nullopt;
  const auto fraction = take_while(rest, [](char c) { return is_digit(c) || c == '_'; });
  if (digits.empty() && (fraction.empty() || !is_digit(fraction[0]))) return std::nullopt;
  if (!rest.empty() && !is_exponent(rest)) return std::nullopt;
  const auto value = parse_double(number);
  if (!value) return std::nullopt;
  return real(negative ? -*value : *value);
}

// YYYY-MM-DD. A date with a time of day keeps its text: nothing in a configuration needs it.
std::optional<Scalar> as_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (!is_digit(text[i])) return std::nullopt;
  }
  const auto month = text.substr(5, 2), day = text.substr(8, 2);
  if (month < "01" || month > "12" || day < "01" || day > "31") return std::nullopt;
  return Scalar{Kind::date, std::string(text)};
}

std::optional<Scalar> as_word(std::string_view text) {
  constexpr std::string_view trues[] = {"yes",  "Yes", "YES", "true", "True",
                                        "TRUE", "on",  "On",  "ON"};
  constexpr std::string_view falses[] = {"no",    "No",  "NO",  "false", "False",
                                         "FALSE", "off", "Off", "OFF"};
  constexpr std::string_view nulls[] = {"", "~", "null", "Null", "NULL"};
  if (is_one_of(trues, text)) return Scalar{Kind::boolean, "True"};
  if (is_one_of(falses, text)) return Scalar{Kind::boolean, "False"};
  if (is_one_of(nulls, text)) return Scalar{Kind::null, "None"};
  return std::nullopt;
}

}  // namespace

Scalar resolve_plain_scalar(std::string_view text) {
  for (const auto reader : {as_word, as_yaml_real, as_yaml_integer, as_date}) {
    if (auto scalar = reader(text)) return std::move(*scalar);
  }
  return {Kind::text, std::string(text)};
}

}  // namespace sluice::config
