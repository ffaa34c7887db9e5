#pragma once
// Edits of one text that replace a common word.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/eval_text_edits.h"

namespace sluice::eval {

// "a sofa" and "an armchair": the article that fits the word behind it.
std::string with_right_articles(const std::string& text);

// The words of eval_common_words.h. Any thread.
class CommonWords {
 public:
  CommonWords();

  // One word of a kind in `slice` ("noun", "adjective", "verb") replaced by another of that kind.
  std::optional<std::string> with_another(const std::string& text, std::string_view slice,
                                          Random& random) const;
  // A word replaced by one that means the same.
  std::optional<std::string> with_synonym(const std::string& text, Random& random) const;

 private:
  using Others = std::map<std::string_view, std::vector<std::string_view>>;
  static std::optional<std::string> replaced(const std::string& text, const Others& others,
                                             Random& random);

  std::map<std::string_view, Others> by_slice_;
  Others synonyms_;
};

}  // namespace sluice::eval
