#pragma once
// BERT's normalisation and pre-tokenisation: text → words in lower case without accents, each
// punctuation mark and each Chinese ideograph a word of its own. One pass, no copy of the text; the
// receiver can stop it early. The order of steps (clean, pad ideographs, strip accents, lower case,
// split) is that of HuggingFace's `tokenizers`, which tests compare with.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "embed/bert_unicode.h"
#include "embed/utf8_reader.h"

namespace sluice::embed {

// The switches of a tokenizer.json's BertNormalizer.
struct Normalization {
  bool clean_text = true;        // drop control characters
  bool split_ideographs = true;  // handle_chinese_chars
  bool strip_accents = true;
  bool lower_case = true;
};

// Sink: bool operator()(std::string_view word), false to stop. Words are UTF-8, not empty, and gone
// after the call.
template <class Sink>
class WordSplitter {
 public:
  WordSplitter(const Normalization& rules, Sink& sink) : rules_(rules), sink_(sink) {}

  // Any bytes: what is not UTF-8 counts as U+FFFD. False: the sink stopped it.
  bool split(std::string_view text) {
    for (Utf8Reader reader(text); going_ && !reader.at_end();) {
      const char32_t point = reader.next();
      if (point < 0x80)
        take_ascii(static_cast<char>(point));
      else
        take_other(point);
    }
    end_run();
    end_word();
    return going_;
  }

 private:
  struct Mark {
    int order;       // combining class
    std::size_t at;  // in the run
    char32_t point;
  };

  static bool is_ascii_punctuation(char c) {
    return (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') ||
           (c > 'z' && c < 0x7f);
  }

  // Cleaning drops vertical tab and form feed before anyone sees white space in them.
  static bool is_ascii_dropped(char c) {
    return (c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
  }

  void take_ascii(char c) {
    if (rules_.clean_text && is_ascii_dropped(c)) return;
    if (!marks_.empty()) end_run();
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      end_word();
    } else if (is_ascii_punctuation(c)) {
      end_word();
      word_ += c;
      end_word();
    } else {
      word_ += rules_.lower_case && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
  }

  void take_other(char32_t point) {
    if (rules_.clean_text && is_dropped(point)) return;
    const bool alone = rules_.split_ideographs && is_ideograph(point);
    if (alone) end_run(), end_word();
    if (rules_.strip_accents)
      take_stripped(point);
    else
      append_lower(point);
    if (alone) end_word();
  }

  void take_stripped(char32_t point) {
    const Stripped stripped = embed::strip_accents(point);
    if (stripped.count == 0 && stripped.ends_run) end_run();
    for (const char32_t part : stripped.span()) {
      if (const int order = combining_class(part)) {
        marks_.push_back({order, marks_.size(), part});
      } else {
        end_run();
        append_lower(part);
      }
    }
  }

  // Marks in a row stand in the order of their classes (Unicode Standard, D109).
  void end_run() {
    if (marks_.empty()) return;
    std::ranges::sort(marks_, {}, [](const Mark& mark) { return std::pair(mark.order, mark.at); });
    for (const Mark& mark : marks_) append_lower(mark.point);
    marks_.clear();
  }

  void append_lower(char32_t point) {
    constexpr char32_t dotted_capital_i = 0x130, combining_dot = 0x307;
    if (!rules_.lower_case) return append(point);
    if (point != dotted_capital_i) return append(embed::lower_case(point));
    append('i');
    append(combining_dot);
  }

  void append(char32_t point) {
    if (is_space(point)) return end_word();
    const bool alone = is_punctuation(point);
    if (alone) end_word();
    append_utf8(word_, point);
    if (alone) end_word();
  }

  void end_word() {
    if (word_.empty()) return;
    going_ = going_ && sink_(std::string_view(word_));
    word_.clear();
  }

  const Normalization& rules_;
  Sink& sink_;
  std::string word_;
  std::vector<Mark> marks_;  // kept ones that may still change places
  bool going_ = true;
};

}  // namespace sluice::embed
