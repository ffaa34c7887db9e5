// Any bytes as a text for the tokenizer, and as the files of a published model. Every piece must
// come from the vocabulary, the limit and the counts must agree, and a file must end in a model or
// in an error.
#include <string>
#include <vector>

#include "embed/convert.h"
#include "embed/tokenizer.h"
#include "embed/tokenizer_json.h"
#include "input.h"

namespace {

using namespace sluice::embed;
using sluice::fuzz::check;

constexpr std::string_view tokenizer_json =
    R"({"normalizer":{"type":"BertNormalizer","lowercase":true},
        "pre_tokenizer":{"type":"BertPreTokenizer"},
        "added_tokens":[{"id":1,"content":"[CLS]"},{"id":2,"content":"[SEP]"}],
        "model":{"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"##b":4,"the":5,"##e":6,".":7,"日":8}}})";

// The tokenizer of a file, with the bytes that it refers to.
struct Loaded {
  explicit Loaded(TokenizerFile file) {
    offsets.push_back(0);
    for (const std::string& piece : file.pieces) {
      text += piece;
      offsets.push_back(static_cast<std::uint32_t>(text.size()));
    }
    tokenizer = Tokenizer(Vocabulary(offsets, text), std::move(file.rules));
  }
  Loaded(const Loaded&) = delete;

  std::vector<std::uint32_t> offsets;
  std::string text;
  Tokenizer tokenizer;
};

void check_text(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<std::uint32_t> all, first;
  tokenizer.tokenize(text, text.size() + 1, all);
  check(tokenizer.count(text) == all.size());
  bool unknown = false;
  for (const std::uint32_t id : all) {
    check(id < tokenizer.vocabulary().size());
    unknown |= id == tokenizer.unknown();
  }
  check(tokenizer.has_unknown(text) == unknown);
  const std::size_t most = all.size() / 2;
  tokenizer.tokenize(text, most, first);
  check(first.size() == most && std::equal(first.begin(), first.end(), all.begin()));
}

void check_files(std::string_view text) {
  constexpr std::string_view config = R"({"num_attention_heads":2})";
  for (const WeightsFormat format : {WeightsFormat::safetensors, WeightsFormat::onnx})
    check(!convert(
        {.weights = text, .format = format, .tokenizer = tokenizer_json, .config = config}));
  if (auto file = read_tokenizer(text)) {
    const Loaded loaded(std::move(*file));
    check_text(loaded.tokenizer, "the ab. [SEP] \xff 日");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Loaded loaded(*read_tokenizer(tokenizer_json));
  const std::string_view text = sluice::fuzz::Input(data, size).text;
  check_text(loaded.tokenizer, text);
  check_files(text);
  return 0;
}
