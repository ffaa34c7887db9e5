#pragma once
// Text → the ids of its word pieces, as HuggingFace's BERT tokenizers give them: special tokens
// written out in the text ("[SEP]"), BERT's normalisation, and greedy longest match in each word.
// Immutable; any thread.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "embed/vocabulary.h"
#include "embed/word_splitter.h"

namespace sluice::embed {

struct TokenizerRules {
  Normalization normalization;
  std::uint32_t unknown = 0;               // id of a word that the vocabulary lacks
  std::uint32_t most_characters = 100;     // of a word; longer ones are unknown
  std::vector<std::uint32_t> written_out;  // ids whose text stands for them, wherever it occurs
};

class Tokenizer {
 public:
  Tokenizer() = default;
  Tokenizer(Vocabulary vocabulary, TokenizerRules rules);

  // The first `most` ids of any bytes, without [CLS] and [SEP].
  void tokenize(std::string_view text, std::size_t most, std::vector<std::uint32_t>& ids) const;
  std::size_t count(std::string_view text) const;
  bool has_unknown(std::string_view text) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  std::uint32_t unknown() const { return rules_.unknown; }

 private:
  // Calls sink(id) for each piece until it returns false.
  template <class Sink>
  void each_piece(std::string_view text, Sink sink) const;
  // The pieces of one word; `pieces` is recycled.
  void split_word(std::string_view word, std::vector<std::uint32_t>& pieces) const;

  struct WrittenOut {
    std::size_t at;  // npos: none
    std::uint32_t id = 0;
    std::size_t bytes = 0;
  };
  // The first of the special tokens in `text`; of several at one place the longest.
  WrittenOut find_written_out(std::string_view text) const;

  Vocabulary vocabulary_;
  TokenizerRules rules_;
  std::string first_bytes_;  // of the special tokens
};

}  // namespace sluice::embed
