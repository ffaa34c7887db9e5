#include "sluice/eval_text_edits.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace sluice::eval {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Runs of characters that `fits` accepts.
template <class Fits>
std::vector<Span> runs(const std::string& text, Fits fits) {
  std::vector<Span> found;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && fits(text[end])) end++;
    if (end > at) found.push_back({at, end - at});
    at = std::max(end, at + 1);
  }
  return found;
}

constexpr std::array<std::string_view, 3> keyboard{"qwertyuiop", "asdfghjkl", "zxcvbnm"};

char neighbour_key(char c, Random& random) {
  for (const auto row : keyboard) {
    const std::size_t at = row.find(lower(c));
    if (at == std::string_view::npos) continue;
    const bool right = at == 0 || (at + 1 < row.size() && below(random, 2) == 0);
    return row[right ? at + 1 : at - 1];
  }
  return 'e';
}

// Pairs in which the second word contradicts the first where either stands in a question.
constexpr auto opposite_words = std::to_array<std::array<std::string_view, 2>>({
    {"increase", "decrease"},
    {"best", "worst"},
    {"good", "bad"},
    {"buy", "sell"},
    {"before", "after"},
    {"high", "low"},
    {"highest", "lowest"},
    {"largest", "smallest"},
    {"big", "small"},
    {"fast", "slow"},
    {"hot", "cold"},
    {"open", "close"},
    {"start", "stop"},
    {"enable", "disable"},
    {"maximum", "minimum"},
    {"gain", "lose"},
    {"win", "lose"},
    {"love", "hate"},
    {"safe", "dangerous"},
    {"legal", "illegal"},
    {"easy", "difficult"},
    {"cheap", "expensive"},
    {"young", "old"},
    {"new", "old"},
    {"rich", "poor"},
    {"strong", "weak"},
    {"long", "short"},
    {"advantages", "disadvantages"},
    {"benefits", "drawbacks"},
    {"positive", "negative"},
    {"first", "last"},
    {"more", "less"},
    {"most", "least"},
    {"upload", "download"},
    {"import", "export"},
    {"public", "private"},
    {"male", "female"},
    {"men", "women"},
    {"boys", "girls"},
    {"husband", "wife"},
    {"boyfriend", "girlfriend"},
    {"mother", "father"},
    {"right", "wrong"},
    {"true", "false"},
    {"include", "exclude"},
    {"accept", "reject"},
    {"success", "failure"},
    {"summer", "winter"},
    {"morning", "evening"},
    {"north", "south"},
    {"east", "west"},
    {"deep", "shallow"},
    {"wide", "narrow"},
    {"dry", "wet"},
    {"happy", "sad"},
    {"healthy", "unhealthy"},
    {"possible", "impossible"},
    {"with", "without"},
    {"always", "never"},
    {"borrow", "lend"},
    {"deposit", "withdraw"},
    {"arrive", "depart"},
    {"attack", "defend"},
    {"remember", "forget"},
    {"day", "night"},
    {"early", "late"},
    {"inside", "outside"},
    {"local", "remote"},
    {"offline", "online"},
    {"ascending", "descending"},
    {"input", "output"},
    {"encrypt", "decrypt"},
    {"hire", "fire"},
    {"thick", "thin"},
    {"soft", "hard"},
});

constexpr auto auxiliaries =
    std::to_array<std::string_view>({"should", "can", "could", "would", "will", "does", "do", "did",
                                     "is", "are", "was", "were", "has", "have", "must", "may"});

}  // namespace

std::size_t below(Random& random, std::size_t size) {
  return static_cast<std::size_t>(random() % size);
}

std::vector<Span> words_in(const std::string& text) { return runs(text, is_letter); }

std::optional<std::string> with_typo(const std::string& text, Random& random) {
  constexpr std::size_t long_word = 6;
  auto words = words_in(text);
  std::erase_if(words, [](Span word) { return word.size < long_word; });
  if (words.empty()) return {};
  const Span word = words[below(random, words.size())];
  const std::size_t at = word.begin + 1 + below(random, word.size - 2);
  std::string edited = text;
  switch (below(random, 4)) {
    case 0: std::swap(edited[at], edited[at + 1]); break;
    case 1: edited.erase(at, 1); break;
    case 2: edited.insert(at, 1, edited[at]); break;
    default: edited[at] = neighbour_key(edited[at], random);
  }
  if (edited == text) return {};
  return edited;
}

std::string with_other_case(const std::string& text, Random& random) {
  std::string edited;
  for (std::size_t i = 0; i < text.size(); i++) {
    const bool mark = text[i] == '?' || text[i] == '.' || text[i] == ',';
    const bool inside = i + 1 < text.size() && text[i + 1] != ' ';
    if (!mark || inside) edited.push_back(lower(text[i]));
  }
  constexpr std::array<std::string_view, 4> ends{"", "?", "??", " ?"};
  return edited.append(ends[below(random, ends.size())]);
}

std::string with_politeness(const std::string& text, Random& random) {
  constexpr std::array<std::string_view, 6> before{
      "Please tell me: ", "Hi, ", "Can you tell me: ", "I would like to know: ", "Hello! ", ""};
  constexpr std::array<std::string_view, 3> after{"", " Thanks!", " please"};
  return std::string(before[below(random, before.size())]) + text +
         std::string(after[below(random, after.size())]);
}

std::optional<std::string> with_other_number(const std::string& text, bool years, Random& random) {
  auto numbers = runs(text, is_digit);
  std::erase_if(numbers, [&](Span span) {
    const std::string_view digits = std::string_view(text).substr(span.begin, span.size);
    const bool year = span.size == 4 && (digits.starts_with("19") || digits.starts_with("20"));
    return year != years || span.size > 9;
  });
  if (numbers.empty()) return {};
  const Span span = numbers[below(random, numbers.size())];
  const auto old = std::stoll(text.substr(span.begin, span.size));
  const auto change = static_cast<long long>(1 + below(random, years ? 9 : 20));
  const auto changed = old > change && below(random, 2) == 0 ? old - change : old + change;
  return text.substr(0, span.begin) + std::to_string(changed) + text.substr(span.begin + span.size);
}

std::optional<std::string> with_negation(const std::string& text) {
  const auto words = runs(text, [](char c) { return is_letter(c) || c == '\''; });
  for (std::size_t i = 0; i + 2 < words.size(); i++) {
    std::string word = text.substr(words[i].begin, words[i].size);
    std::ranges::transform(word, word.begin(), lower);
    if (std::ranges::find(auxiliaries, word) == auxiliaries.end()) continue;
    // "Why do I like it" → "Why do I not like it"
    const Span subject = words[i + 1];
    const std::size_t at = subject.begin + subject.size;
    return text.substr(0, at) + " not" + text.substr(at);
  }
  return {};
}

std::optional<std::string> with_opposite(const std::string& text, Random& random) {
  std::vector<std::string> edits;
  for (const Span span : words_in(text)) {
    std::string word = text.substr(span.begin, span.size);
    std::ranges::transform(word, word.begin(), lower);
    for (const auto& pair : opposite_words) {
      for (std::size_t side = 0; side < 2; side++) {
        if (word == pair[side])
          edits.push_back(text.substr(0, span.begin) + std::string(pair[1 - side]) +
                          text.substr(span.begin + span.size));
      }
    }
  }
  if (edits.empty()) return {};
  return edits[below(random, edits.size())];
}

}  // namespace sluice::eval
