// What is asked: for what, of whom, about which time.
#include <algorithm>
#include <array>

#include "semantic/persons.h"
#include "semantic/veto.h"

namespace sluice::semantic {
namespace {

// Whether the same word follows `in_a` in one question and `in_b` in the other.
bool bound_alike(const Pair& pair, std::string_view in_a, std::string_view in_b) {
  const auto& a = pair.a.tokens();
  const auto& b = pair.b.tokens();
  for (std::size_t i = 0; i + 1 < a.size(); i++) {
    if (a[i].text != in_a) continue;
    const Partner partner = pair.alignment.of_a[i + 1];
    const auto j = static_cast<std::size_t>(partner.index);
    if (partner.match != Match::none && j > 0 && b[j - 1].text == in_b) return true;
  }
  return false;
}

bool has_word(const Analysis& text, std::string_view word) {
  return std::ranges::any_of(text.tokens(), [&](const Token& token) { return token.text == word; });
}

// "call me" and "call you", "refer to me" and "refer to you".
bool objects_differ(const Pair& pair) {
  const auto object_after = [](const std::vector<Token>& tokens, std::size_t verb) -> const Token* {
    std::size_t at = verb + 1;
    if (at < tokens.size() && tokens[at].text == "to") at++;
    return at < tokens.size() && is_person(tokens[at]) ? &tokens[at] : nullptr;
  };
  for (std::size_t i = 0; i < pair.a.tokens().size(); i++) {
    if (pair.unmatched_a(i) || pair.token_a(i).weight == 0) continue;
    const Token* a = object_after(pair.a.tokens(), i);
    const Token* b =
        object_after(pair.b.tokens(), static_cast<std::size_t>(pair.alignment.of_a[i].index));
    if (a != nullptr && b != nullptr && a->canonical != b->canonical) return true;
  }
  return false;
}

enum class Tense { present, past, future };

Tense tense_of(const Analysis& text) {
  constexpr auto past = std::to_array<std::string_view>({"was", "were", "did", "had", "used"});
  for (const Token& token : text.tokens()) {
    if (std::ranges::find(past, token.text) != past.end()) return Tense::past;
    if (token.text == "will" || token.text == "shall") return Tense::future;
  }
  return Tense::present;
}

bool is_participle(std::string_view word) {
  constexpr auto irregular = std::to_array<std::string_view>(
      {"been",  "done",  "had",   "gone", "got",  "made",    "spent", "taken",
       "given", "eaten", "seen",  "said", "told", "bought",  "sold",  "paid",
       "sent",  "lost",  "found", "won",  "read", "written", "earned"});
  return (word.size() > 4 && word.ends_with("ed") && word != "need") ||
         std::ranges::find(irregular, word) != irregular.end();
}

enum class Having { nothing, done, there };

// "have I taken", "I have taken": what was done. "do I have", "I have": what is there.
Having having_of(const Analysis& text) {
  const auto& tokens = text.tokens();
  for (std::size_t i = 0; i + 1 < tokens.size(); i++) {
    const bool inverted = tokens[i].canonical == "have" && is_person(tokens[i + 1]);
    const bool plain = is_person(tokens[i]) && tokens[i + 1].canonical == "have";
    if (inverted) return Having::done;
    if (!plain) continue;
    return i + 2 < tokens.size() && is_participle(tokens[i + 2].text) ? Having::done
                                                                      : Having::there;
  }
  return Having::nothing;
}

enum class Mood { other, state, order };

// Whether the text asks if something is so ("did I put …", "is there …"), or for it to be done
// ("put …", "can you put …").
Mood mood_of(const Analysis& text) {
  constexpr auto asking = std::to_array<std::string_view>(
      {"did", "do", "does", "have", "has", "is", "are", "was", "were", "am"});
  constexpr auto requesting = std::to_array<std::string_view>({"can", "could", "will", "would"});
  constexpr auto orders = std::to_array<std::string_view>(
      {"put",      "add",    "set",     "make",     "send",     "play",     "turn_on", "turn_off",
       "change",   "book",   "order",   "call",     "cancel",   "delete",   "remove",  "create",
       "schedule", "start",  "stop",    "open",     "write",    "transfer", "pay",     "freeze",
       "block",    "report", "remind",  "increase", "decrease", "raise",    "lower",   "close",
       "buy",      "sell",   "reserve", "update"});
  const auto& tokens = text.tokens();
  const auto is_in = [](const auto& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (is_in(asking, tokens[0].text)) return Mood::state;
  const bool requests =
      tokens.size() > 2 && is_in(requesting, tokens[0].text) && tokens[1].text == "you";
  const Token& verb = requests ? tokens[2] : tokens[0];
  return is_in(orders, verb.canonical) ? Mood::order : Mood::other;
}

}  // namespace

Verdict asked_differs(const Pair& pair) {
  const auto a = pair.a.asked(), b = pair.b.asked();
  if (a == 0 || b == 0 || (a & b) != 0) return {};
  return Difference{"another kind of question", {}};
}

Verdict mood_differs(const Pair& pair) {
  const Mood a = mood_of(pair.a), b = mood_of(pair.b);
  if (a == b || a == Mood::other || b == Mood::other) return {};
  return Difference{"one asks whether it is so, the other to do it", {}};
}

// In "how do I …" and "how do you …" they mean anybody.
Verdict person_differs(const Pair& pair) {
  if (objects_differ(pair)) return Difference{"another person is asked about", {}};
  if (has_word(pair.a, "howto") && has_word(pair.b, "howto")) return {};
  constexpr std::array<std::array<std::string_view, 2>, 2> persons{{{"my", "your"}, {"i", "you"}}};
  for (const auto& [first, second] : persons) {
    const bool changed = (has_word(pair.a, first) && has_word(pair.b, second) &&
                          !has_word(pair.a, second) && !has_word(pair.b, first)) ||
                         (has_word(pair.a, second) && has_word(pair.b, first) &&
                          !has_word(pair.a, first) && !has_word(pair.b, second));
    if (changed && (bound_alike(pair, first, second) || bound_alike(pair, second, first)))
      return Difference{"another person is asked about", {}};
  }
  return {};
}

// What was and what will be; for persons also what is, as offices change hands.
Verdict tense_differs(const Pair& pair) {
  const Having has_a = having_of(pair.a), has_b = having_of(pair.b);
  if (has_a != has_b && has_a != Having::nothing && has_b != Having::nothing)
    return Difference{"what was done, and what is there", {}};
  const Tense a = tense_of(pair.a), b = tense_of(pair.b);
  if (a == b) return {};
  const bool far = a != Tense::present && b != Tense::present;
  const bool who = (pair.a.asked() & pair.b.asked() & asks_who) != 0;
  if (!far && !who) return {};
  return Difference{"another time is asked about", {}};
}

}  // namespace sluice::semantic
