#include "semantic/secrets.h"

#include <algorithm>
#include <array>
#include <string>

namespace sluice::semantic {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// "ann@example.com"
bool has_address(std::string_view text) {
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    const bool before = at > 0 && (is_letter(text[at - 1]) || is_digit(text[at - 1]));
    const std::size_t end = std::min(text.find_first_of(" \t\n", at), text.size());
    if (before && text.substr(at, end - at).find('.') != text.npos) return true;
  }
  return false;
}

// A run of digits as in phone, card and account numbers, with the marks that people put between
// them. Thousands separators and dates stay below.
bool has_long_number(std::string_view text) {
  constexpr int fewest_digits = 9;
  int digits = 0;
  for (const char c : text) {
    if (is_digit(c)) {
      if (++digits >= fewest_digits) return true;
    } else if (c != ' ' && c != '-' && c != '(' && c != ')') {
      digits = 0;
    }
  }
  return false;
}

// Letters and digits mixed over a length that no word has: keys, tokens, UUIDs, hashes.
bool is_id(std::string_view run) {
  constexpr std::size_t shortest = 20;
  if (run.size() < shortest) return false;
  int changes = 0;
  for (std::size_t i = 1; i < run.size(); i++) changes += is_digit(run[i]) != is_digit(run[i - 1]);
  return changes >= 4;
}

bool has_id(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end =
        static_cast<std::size_t>(std::ranges::find_if(text, is_blank) - text.begin());
    const std::string_view run = text.substr(0, end);
    // The digits of an address on the web are nobody's.
    if (!run.contains("://") && is_id(run)) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

constexpr auto openings = std::to_array<std::string_view>(
    {"sk-", "ghp_", "gho_", "github_pat_", "xoxb-", "xoxp-", "AKIA", "AIza", "glpat-", "eyJhbGci",
     "-----BEGIN", "Bearer ", "npm_", "hf_"});

bool has_key(std::string_view text) {
  constexpr std::size_t shortest = 10;
  for (const std::string_view opening : openings) {
    for (std::size_t at = text.find(opening); at != text.npos; at = text.find(opening, at + 1)) {
      const bool inside_word = at > 0 && (is_letter(text[at - 1]) || is_digit(text[at - 1]));
      const std::size_t end =
          std::min(text.find_first_of(" \t\n", at + opening.size()), text.size());
      if (!inside_word && end - at >= shortest) return true;
    }
  }
  return false;
}

// "my name is Ann", "password: hunter2"
bool tells_about_oneself(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  constexpr auto phrases =
      std::to_array<std::string_view>({"my name is",       "my password is",
                                       "my email is",      "my e-mail is",
                                       "my address is",    "my phone number is",
                                       "my number is",     "my pin is",
                                       "my ssn",           "social security number is",
                                       "date of birth is", "i was born on",
                                       "i live at",        "password:",
                                       "passwd=",          "password=",
                                       "api_key=",         "api key:",
                                       "secret=",          "token="});
  return std::ranges::any_of(phrases,
                             [&](std::string_view phrase) { return lower.contains(phrase); });
}

}  // namespace

bool has_secret(std::string_view text) {
  return has_address(text) || has_long_number(text) || has_id(text) || has_key(text) ||
         tells_about_oneself(text);
}

}  // namespace sluice::semantic
