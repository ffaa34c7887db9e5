#include "semantic/question.h"

#include <algorithm>
#include <array>

#include "semantic/analysis.h"
#include "semantic/secrets.h"

namespace sluice::semantic {
namespace {

bool any_of_words(const Analysis& text, const auto& words) {
  return std::ranges::any_of(text.tokens(), [&](const Token& token) {
    return std::ranges::find(words, token.text) != words.end();
  });
}

bool has_sequence(const Analysis& text, std::string_view first, std::string_view second) {
  const auto& tokens = text.tokens();
  for (std::size_t i = 0; i + 1 < tokens.size(); i++) {
    if (tokens[i].text == first && tokens[i + 1].text == second) return true;
  }
  return false;
}

int content_words(const Analysis& text) {
  return static_cast<int>(
      std::ranges::count_if(text.tokens(), [](const Token& token) { return token.weight > 0.2f; }));
}

// Indented lines, braces and semicolons; backticks make code of anything.
bool has_code(std::string_view text) {
  if (text.contains("```")) return true;
  std::size_t code_lines = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    const bool indented = line.starts_with("    ") || line.starts_with('\t');
    code_lines += line.ends_with(';') || line.ends_with('{') || line.ends_with('}') ||
                  (indented && line.find_first_of("=(){}[]") != line.npos);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return code_lines >= 2;
}

// Commands on what was said before: they mean something else each time.
constexpr auto follow_ups = std::to_array<std::string_view>(
    {"continue", "rewrite", "rephrase", "shorten", "shorter", "longer", "elaborate",
     "again",    "more",    "redo",     "retry",   "proceed", "above",  "previous",
     "former",   "latter",  "yes",      "no",      "ok",      "okay"});
constexpr auto references =
    std::to_array<std::string_view>({"it", "its", "that", "those", "these", "this", "they", "them",
                                     "he", "she", "him", "her", "his", "their"});

// Whether the question leans on something that its own words do not say.
bool is_anaphoric(const Analysis& text, Turn turn) {
  const int content = content_words(text);
  if (content == 0) return true;
  if (content < 3 && any_of_words(text, follow_ups)) return true;
  if (has_sequence(text, "the", "above") || has_sequence(text, "the", "following")) return true;
  // With an antecedent of its own, "it" leans on nothing: that takes some content.
  const int enough = turn == Turn::first ? 2 : 4;
  return content < enough && any_of_words(text, references);
}

constexpr auto now_words = std::to_array<std::string_view>(
    {"today",     "tonight",  "tomorrow", "yesterday",   "now",     "currently",
     "current",   "latest",   "recent",   "recently",    "newest",  "nowadays",
     "presently", "weather",  "forecast", "temperature", "traffic", "news",
     "headlines", "stock",    "stocks",   "score",       "scores",  "standings",
     "upcoming",  "trending", "live",     "clock",       "outage"});

bool is_time_sensitive(const Analysis& text) {
  if (any_of_words(text, now_words)) return true;
  constexpr auto periods = std::to_array<std::string_view>(
      {"week", "month", "year", "weekend", "morning", "evening", "season", "quarter", "monday",
       "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"});
  for (const std::string_view period : periods) {
    if (has_sequence(text, "this", period) || has_sequence(text, "next", period) ||
        has_sequence(text, "last", period))
      return true;
  }
  if (has_sequence(text, "exchange", "rate") || has_sequence(text, "what", "time") ||
      has_sequence(text, "the", "time") || has_sequence(text, "so", "far") ||
      has_sequence(text, "right", "now"))
    return true;
  constexpr auto offices =
      std::to_array<std::string_view>({"president", "ceo", "minister", "king", "queen", "pope",
                                       "governor", "mayor", "chancellor", "champion", "richest"});
  return (text.asked() & asks_who) != 0 && any_of_words(text, offices);
}

// What belongs to one person or account: "where is my order", "call me Ann". How to do something
// with one's own is the same for all.
bool is_personal(const Analysis& text) {
  constexpr auto own = std::to_array<std::string_view>(
      {"order",        "orders",       "account",     "accounts", "balance",      "bill",
       "bills",        "invoice",      "payment",     "payments", "subscription", "booking",
       "reservation",  "reservations", "appointment", "calendar", "schedule",     "flight",
       "ticket",       "tickets",      "package",     "parcel",   "delivery",     "paycheck",
       "salary",       "prescription", "loan",        "mortgage", "claim",        "transaction",
       "transactions", "refund",       "inbox",       "messages", "emails",       "reminders",
       "meetings",     "name",         "username",    "password", "birthday",     "statement"});
  constexpr std::array how{"howto"};
  if (any_of_words(text, how)) return false;
  const auto& tokens = text.tokens();
  for (std::size_t i = 0; i + 1 < tokens.size(); i++) {
    if (tokens[i].text != "my" && tokens[i].text != "our") continue;
    // "my last credit card bill": within four words.
    const std::size_t end = std::min(tokens.size(), i + 5);
    for (std::size_t j = i + 1; j < end; j++) {
      if (std::ranges::find(own, tokens[j].text) != own.end()) return true;
    }
  }
  return has_sequence(text, "call", "me") || has_sequence(text, "about", "me") ||
         has_sequence(text, "am", "i") || has_sequence(text, "who", "i");
}

Eligibility refused(const char* reason) { return {false, false, reason}; }

}  // namespace

Eligibility judge_question(std::string_view last_user_text, Turn turn) {
  if (has_code(last_user_text)) return refused("holds code");
  if (has_secret(last_user_text)) return refused("holds an id, an address or a secret");
  const Analysis text(last_user_text);
  if (text.cut()) return refused("too long");
  if (text.tokens().empty()) return refused("holds no words");
  if (is_anaphoric(text, turn)) return refused("refers to what was said before");
  if (is_personal(text)) return refused("is about one person or account");
  if (is_time_sensitive(text)) return {true, true, "its answer changes with time"};
  return {true, false, ""};
}

}  // namespace sluice::semantic
