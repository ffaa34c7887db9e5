#include "semantic/scan.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "semantic/contractions.h"

namespace sluice::semantic {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Longer runs of letters and digits are ids or keys, not words and numbers.
constexpr std::size_t longest_mixed = 16;

class Scanner {
 public:
  Scanner(const Folded& text, std::deque<std::string>& kept, std::size_t most)
      : text_(text), lower_(text.lower), kept_(kept), most_(most) {}

  std::vector<Token> run() {
    tokens_.reserve(32);
    while (at_ < lower_.size() && tokens_.size() < most_) step();
    return std::move(tokens_);
  }

 private:
  char here(std::size_t ahead = 0) const {
    return at_ + ahead < lower_.size() ? lower_[at_ + ahead] : '\0';
  }
  char before() const { return at_ > 0 ? lower_[at_ - 1] : ' '; }

  void step() {
    const char c = here();
    if (is_blank(c)) {
      at_++;
      return;
    }
    if (c == '\'' && follows_word() && here(1) == 's' && !is_lower(here(2))) return possessive();
    if (c == '`') return code();
    if (c == '"' || (c == '\'' && opens_quote())) return toggle_quote();
    if (!follows_word() && literal()) return;
    if (is_digit(c)) return number();
    if (is_lower(c)) return word();
    if (!is_ascii(c)) return other_script();
    mark();
  }

  bool follows_word() const { return is_lower(before()) || is_digit(before()); }

  void emit(TokenType type, std::size_t begin, std::size_t end) {
    if (end == begin) return;
    Token token{.type = type, .text = std::string_view(lower_).substr(begin, end - begin)};
    token.canonical = token.text;
    token.quoted = quoted_;
    token.joined = begin == end_of_last_ && begin > 0;
    token.capital = is_upper(text_.plain[begin]);
    for (std::size_t i = begin; i < end; i++) {
      if (text_.accents[i] != 0)
        token.accents =
            token.accents * 131 + static_cast<std::uint32_t>(i - begin) * 257 + text_.accents[i];
    }
    end_of_last_ = end;
    tokens_.push_back(token);
  }

  void emit_words(std::string_view words, const Token& like) {
    while (!words.empty()) {
      const std::size_t end = std::min(words.find(' '), words.size());
      Token token = like;
      token.text = token.canonical = words.substr(0, end);
      tokens_.push_back(token);
      words.remove_prefix(std::min(end + 1, words.size()));
    }
  }

  // `code` or ```code```: one literal, spaces and all.
  void code() {
    std::size_t ticks = 0;
    while (here(ticks) == '`') ticks++;
    const std::size_t begin = at_ + ticks;
    const std::size_t end = lower_.find(std::string(ticks, '`'), begin);
    if (end == std::string::npos) {
      at_ = begin;
      return;
    }
    // Case counts in code.
    kept_.push_back(text_.plain.substr(begin, end - begin));
    emit(TokenType::literal, begin, end);
    if (end > begin) tokens_.back().canonical = kept_.back();
    at_ = end + ticks;
  }

  // Of a number ("dl123's"); a word takes its own ending along.
  void possessive() {
    emit(TokenType::word, at_, at_ + 2);
    at_ += 2;
  }

  bool opens_quote() const {
    if (quoted_by_ == '\'') return true;
    if (!is_blank(before()) && at_ > 0) return false;
    const std::size_t close = lower_.find('\'', at_ + 1);
    if (close == std::string::npos) return false;
    return close + 1 == lower_.size() || !is_lower(lower_[close + 1]);
  }

  void toggle_quote() {
    if (quoted_ && quoted_by_ == here()) {
      quoted_ = false;
      quoted_by_ = '\0';
    } else if (!quoted_ && lower_.find(here(), at_ + 1) != std::string::npos) {
      quoted_ = true;
      quoted_by_ = here();
    }
    at_++;
  }

  // A run without blanks that is one thing: URL, e-mail address, path, identifier.
  bool literal() {
    std::size_t end = at_;
    while (end < lower_.size() && !is_blank(lower_[end]) && lower_[end] != '"' &&
           is_ascii(lower_[end]))
      end++;
    while (end > at_ && std::string_view(".,;:!?)]}'>").contains(lower_[end - 1]) &&
           !lower_.substr(at_, end - at_).ends_with("()"))
      end--;
    const std::string_view run = std::string_view(lower_).substr(at_, end - at_);
    if (!is_literal(run, std::string_view(text_.plain).substr(at_, end - at_))) return false;
    kept_.push_back(text_.plain.substr(at_, end - at_));
    emit(TokenType::literal, at_, end);
    if (!run.starts_with("http")) tokens_.back().canonical = kept_.back();
    at_ = end;
    return true;
  }

  static bool is_literal(std::string_view run, std::string_view plain) {
    if (run.size() < 3) return false;
    if (run.contains("://") || run.starts_with("www.") || run.contains("::") ||
        run.contains("->") || run.ends_with("()") || run.contains('_') || run.contains('\\'))
      return true;
    if (run.contains('@')) return run.find('@') + 1 < run.size();
    if (run.starts_with("--") || run.starts_with("./") || run.starts_with("~/")) return true;
    if (run[0] == '/' && is_lower(run[1])) return true;
    if (run[0] == '#' || run[0] == '$') return !is_digit(run[1]);
    return is_domain(run) || is_camel_case(plain) || is_id(run);
  }

  static bool is_domain(std::string_view run) {
    constexpr std::array tops{".com", ".org", ".net",  ".io",  ".edu",  ".gov", ".co.uk", ".co.in",
                              ".dev", ".ai",  ".info", ".biz", ".app",  ".py",  ".cpp",   ".json",
                              ".csv", ".txt", ".pdf",  ".xml", ".yaml", ".yml", ".html",  ".sh"};
    const std::string_view host = run.substr(0, run.find('/'));
    return std::ranges::any_of(tops, [&](std::string_view top) {
      return host.ends_with(top) && host.size() > top.size();
    });
  }

  // getElementById, but not iPhone or YouTube, which are written in any case.
  static bool is_camel_case(std::string_view plain) {
    int humps = 0;
    for (std::size_t i = 1; i < plain.size(); i++) {
      if (!is_upper(plain[i]) && !is_lower(plain[i])) return false;
      humps += is_upper(plain[i]) && is_lower(plain[i - 1]);
    }
    return humps >= 2 && is_lower(plain[0]);
  }

  static bool is_id(std::string_view run) {
    if (run.size() < longest_mixed) return false;
    int changes = 0;
    for (std::size_t i = 0; i < run.size(); i++) {
      if (!is_lower(run[i]) && !is_digit(run[i]) && run[i] != '-') return false;
      changes += i > 0 && is_digit(run[i]) != is_digit(run[i - 1]);
    }
    return changes >= 3;
  }

  // Digits with the points, commas, colons and slashes between them: "1,000", "3.10.1", "10:30",
  // "1/2/2024", "2024-01-02". What follows without a space is the next token ("5kg", "3rd").
  void number() {
    const std::size_t begin = at_;
    while (is_digit(here()) || joins_digits()) at_++;
    emit(TokenType::number, begin, at_);
  }
  bool joins_digits() const {
    if (!is_digit(before()) || !is_digit(here(1))) return false;
    if (std::string_view(".,:/").contains(here())) return true;
    return here() == '-' && joins_date();
  }
  // Whether the '-' here is one of an ISO date.
  bool joins_date() const {
    const std::string_view left = std::string_view(lower_).substr(0, at_);
    std::size_t digits = 0;
    while (digits < left.size() && is_digit(left[left.size() - 1 - digits])) digits++;
    const bool after_year = digits == 4 && is_digit(here(1)) && is_digit(here(2)) && here(3) == '-';
    const bool after_month = digits == 2 && left.size() >= 3 && left[left.size() - 3] == '-' &&
                             left.size() >= 7 && is_digit(left[left.size() - 4]);
    return after_year || after_month;
  }

  void word() {
    if (acronym()) return;
    const std::size_t begin = at_;
    while (is_lower(here()) || (here() == '\'' && is_lower(here(1)))) at_++;
    while (here() == '+' || here() == '#') at_++;  // c++, c#, a+
    if (at_ - begin == 1 && here() == '-' && !is_lower(here(1)) && !is_digit(here(1))) at_++;
    emit(TokenType::word, begin, at_);
    write_out_contraction();
  }

  // "U.S.A.": letters with points are one word.
  bool acronym() {
    std::size_t end = at_;
    std::string letters;
    while (end + 1 < lower_.size() && is_lower(lower_[end]) && lower_[end + 1] == '.') {
      letters.push_back(lower_[end]);
      end += 2;
    }
    if (letters.size() < 2 || (end < lower_.size() && is_lower(lower_[end]) &&
                               end + 1 < lower_.size() && is_lower(lower_[end + 1])))
      return false;
    emit(TokenType::word, at_, end);
    kept_.push_back(letters == "us" ? "usa" : letters);
    tokens_.back().text = tokens_.back().canonical = kept_.back();
    at_ = end;
    return true;
  }

  void write_out_contraction() {
    const Token written = tokens_.back();
    if (const std::string_view words = without_contraction(written.text); !words.empty()) {
      tokens_.pop_back();
      emit_words(words, written);
      return;
    }
    const std::size_t mark = written.text.rfind('\'');
    if (mark == std::string_view::npos) return;
    const std::string_view ending = written.text.substr(mark + 1);
    tokens_.back().text = tokens_.back().canonical = written.text.substr(0, mark);
    if (ending == "s") return emit_words("'s", written);  // "France's capital"
    if (const std::string_view words = of_ending(ending); !words.empty())
      return emit_words(words, written);
    // O'Reilly, d'Artagnan: one word without the mark.
    kept_.push_back(std::string(written.text));
    std::erase(kept_.back(), '\'');
    tokens_.back().text = tokens_.back().canonical = kept_.back();
  }

  void other_script() {
    const std::size_t begin = at_;
    const auto script_here = [&] {
      return script_of(first_code_point(std::string_view(lower_).substr(at_)).value);
    };
    const auto skip = [&] { at_ += first_code_point(std::string_view(lower_).substr(at_)).bytes; };
    const Script script = script_here();
    skip();
    if (script == Script::latin || script == Script::alphabet) {
      while (at_ < lower_.size() && !is_ascii(here()) && script_here() == script) skip();
    }
    emit(TokenType::foreign, begin, at_);
  }

  // An operator counts where it stands between operands; other marks do not.
  void mark() {
    const char c = here();
    if (c == '%') {
      emit(TokenType::word, at_, at_ + 1);
      tokens_.back().text = tokens_.back().canonical = "percent";
    } else if (c == '$') {
      emit(TokenType::word, at_, at_ + 1);
      tokens_.back().text = tokens_.back().canonical = "dollar";
    } else if (c == '&') {
      emit(TokenType::word, at_, at_ + 1);
      tokens_.back().text = tokens_.back().canonical = "and";
    } else if (std::string_view("^=<>").contains(c) || is_operator()) {
      emit(TokenType::symbol, at_, at_ + 1);
    }
    at_++;
  }

  // "5 + 3", "x*2", "-5"; but the '-' of "covid-19" and the '/' of "he/she" are none.
  bool is_operator() const {
    if (!std::string_view("+-*/").contains(here())) return false;
    std::size_t left = at_, right = at_ + 1;
    while (left > 0 && is_blank(lower_[left - 1])) left--;
    while (right < lower_.size() && is_blank(lower_[right])) right++;
    const bool apart = left < at_ && right > at_ + 1;
    const char a = left > 0 ? lower_[left - 1] : '\0';
    const char b = right < lower_.size() ? lower_[right] : '\0';
    if (here() == '-' && right == at_ + 1 && is_digit(b) && (left < at_ || at_ == 0)) return true;
    if (here() == '-' && !apart) return is_digit(a) && is_digit(b);
    return operand(a) && operand(b) && (is_digit(a) || is_digit(b));
  }
  static bool operand(char c) { return is_digit(c) || is_lower(c) || c == '(' || c == ')'; }

  const Folded& text_;
  const std::string& lower_;
  std::deque<std::string>& kept_;
  std::size_t most_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t end_of_last_ = 0;
  bool quoted_ = false;
  char quoted_by_ = '\0';
};

}  // namespace

std::vector<Token> scan(const Folded& text, std::deque<std::string>& kept, std::size_t most) {
  return Scanner(text, kept, most).run();
}

}  // namespace sluice::semantic
