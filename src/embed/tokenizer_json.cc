#include "embed/tokenizer_json.h"

#include <algorithm>

#include "embed/json_reader.h"

namespace sluice::embed {

namespace {

// Ids index tables in memory.
constexpr std::uint32_t most_pieces = 1'000'000;

Status add_piece(std::string text, std::uint64_t id, std::vector<std::string>& pieces) {
  if (id >= most_pieces)
    return fail(client_error("tokenizer.json: the id " + std::to_string(id) + " is too large"));
  if (id >= pieces.size()) pieces.resize(id + 1);
  pieces[id] = std::move(text);
  return Done{};
}

// `strip_accents` is null in most files, which means: as `lowercase` says.
Result<Normalization> read_normalizer(const JsonReader& file) {
  TRY(const JsonReader normalizer, file.object("normalizer"));
  TRY(const std::string type, normalizer.text("type"));
  if (type != "BertNormalizer") return normalizer.wrong("type", "BertNormalizer, not " + type);
  Normalization rules;
  TRY(rules.clean_text, normalizer.flag("clean_text", rules.clean_text));
  TRY(rules.split_ideographs, normalizer.flag("handle_chinese_chars", rules.split_ideographs));
  TRY(rules.lower_case, normalizer.flag("lowercase", rules.lower_case));
  TRY(rules.strip_accents, normalizer.flag("strip_accents", rules.lower_case));
  return rules;
}

Status check_pre_tokenizer(const JsonReader& file) {
  TRY(const JsonReader splitter, file.object("pre_tokenizer"));
  TRY(const std::string type, splitter.text("type"));
  if (type != "BertPreTokenizer") return splitter.wrong("type", "BertPreTokenizer, not " + type);
  return Done{};
}

Status read_model(const JsonReader& file, TokenizerFile& read) {
  TRY(const JsonReader model, file.object("model"));
  // Old files do not name the type.
  if (model.find("type") != nullptr) {
    TRY(const std::string type, model.text("type"));
    if (type != "WordPiece") return model.wrong("type", "WordPiece, not " + type);
  }
  if (model.find("continuing_subword_prefix") != nullptr) {
    TRY(const std::string prefix, model.text("continuing_subword_prefix"));
    if (prefix != "##") return model.wrong("continuing_subword_prefix", "\"##\"");
  }
  if (model.find("max_input_chars_per_word") != nullptr) {
    TRY(read.rules.most_characters, model.count("max_input_chars_per_word"));
  }
  TRY(const JsonReader vocabulary, model.object("vocab"));
  for (const JsonField& field : vocabulary.fields()) {
    const auto id = json_count(field.value);
    if (!id) return vocabulary.wrong(field.key, "an id");
    TRY([[maybe_unused]] const Done added, add_piece(std::string(field.key), *id, read.pieces));
  }
  return Done{};
}

// Tokens that stand for themselves when a text spells them. Their stripping of spaces around
// changes nothing, as BERT drops spaces anyway.
Status read_added(const JsonReader& file, TokenizerFile& read) {
  if (file.find("added_tokens") == nullptr) return Done{};
  TRY(const auto tokens, file.array("added_tokens"));
  for (const std::string_view json : tokens) {
    TRY(const JsonReader token, JsonReader::parse(json, "tokenizer.json: an added token"));
    TRY(const std::uint32_t id, token.count("id"));
    TRY(std::string text, token.text("content"));
    TRY(const bool single_word, token.flag("single_word", false));
    if (single_word) return token.wrong("single_word", "false; Sluice has no such tokens");
    TRY(const bool normalized, token.flag("normalized", false));
    if (normalized) return token.wrong("normalized", "false; Sluice has no such tokens");
    if (text.empty()) return token.wrong("content", "a text that is not empty");
    TRY([[maybe_unused]] const Done added, add_piece(std::move(text), id, read.pieces));
    read.rules.written_out.push_back(id);
  }
  return Done{};
}

Result<std::uint32_t> id_of(const std::vector<std::string>& pieces, std::string_view text) {
  const auto found = std::ranges::find(pieces, text);
  if (found == pieces.end())
    return fail(client_error("tokenizer.json: the vocabulary lacks " + std::string(text)));
  return static_cast<std::uint32_t>(found - pieces.begin());
}

}  // namespace

Result<TokenizerFile> read_tokenizer(std::string_view json) {
  TRY(const JsonReader file, JsonReader::parse(json, "tokenizer.json"));
  TokenizerFile read;
  TRY(read.rules.normalization, read_normalizer(file));
  TRY([[maybe_unused]] const Done checked, check_pre_tokenizer(file));
  TRY([[maybe_unused]] const Done model, read_model(file, read));
  TRY([[maybe_unused]] const Done added, read_added(file, read));
  TRY(read.cls, id_of(read.pieces, "[CLS]"));
  TRY(read.sep, id_of(read.pieces, "[SEP]"));
  TRY(read.rules.unknown, id_of(read.pieces, "[UNK]"));
  return read;
}

}  // namespace sluice::embed
