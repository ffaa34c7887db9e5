#pragma once
// Reads a tokenizer.json of HuggingFace's `tokenizers`, as far as BERT's kind goes.
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/tokenizer.h"

namespace sluice::embed {

struct TokenizerFile {
  std::vector<std::string> pieces;  // by id; an id that none has is an empty piece
  TokenizerRules rules;
  std::uint32_t cls = 0, sep = 0;
};

// Error: not the format, or a kind of tokenizer that Sluice does not have; names the field.
Result<TokenizerFile> read_tokenizer(std::string_view json);

}  // namespace sluice::embed
