#include "embed/tokenizer.h"

#include <algorithm>

namespace sluice::embed {

namespace {

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

Tokenizer::Tokenizer(Vocabulary vocabulary, TokenizerRules rules)
    : vocabulary_(std::move(vocabulary)), rules_(std::move(rules)) {
  for (const std::uint32_t id : rules_.written_out) {
    const std::string_view text = vocabulary_.piece(id);
    if (!text.empty() && !first_bytes_.contains(text[0])) first_bytes_ += text[0];
  }
}

Tokenizer::WrittenOut Tokenizer::find_written_out(std::string_view text) const {
  for (std::size_t at = text.find_first_of(first_bytes_); at != std::string_view::npos;
       at = text.find_first_of(first_bytes_, at + 1)) {
    WrittenOut found{.at = at};
    for (const std::uint32_t id : rules_.written_out) {
      const std::string_view piece = vocabulary_.piece(id);
      if (piece.size() > found.bytes && text.substr(at).starts_with(piece))
        found = {at, id, piece.size()};
    }
    if (found.bytes > 0) return found;
  }
  return {.at = std::string_view::npos};
}

void Tokenizer::split_word(std::string_view word, std::vector<std::uint32_t>& pieces) const {
  pieces.clear();
  bool known =
      word.size() <= rules_.most_characters || count_characters(word) <= rules_.most_characters;
  for (auto place = Vocabulary::Place::beginning; known && !word.empty();
       place = Vocabulary::Place::inside) {
    const auto match = vocabulary_.longest(word, place);
    known = match.has_value();
    if (!known) break;
    pieces.push_back(match->id);
    word.remove_prefix(match->bytes);
  }
  if (!known) pieces.assign(1, rules_.unknown);
}

template <class Sink>
void Tokenizer::each_piece(std::string_view text, Sink sink) const {
  std::vector<std::uint32_t> pieces;
  const auto take_word = [&](std::string_view word) {
    split_word(word, pieces);
    return std::ranges::all_of(pieces, sink);
  };
  for (;;) {
    const WrittenOut special = find_written_out(text);
    WordSplitter splitter(rules_.normalization, take_word);
    if (!splitter.split(text.substr(0, special.at))) return;
    if (special.at == std::string_view::npos || !sink(special.id)) return;
    text.remove_prefix(special.at + special.bytes);
  }
}

void Tokenizer::tokenize(std::string_view text, std::size_t most,
                         std::vector<std::uint32_t>& ids) const {
  ids.clear();
  if (most == 0) return;
  each_piece(text, [&](std::uint32_t id) {
    ids.push_back(id);
    return ids.size() < most;
  });
}

std::size_t Tokenizer::count(std::string_view text) const {
  std::size_t count = 0;
  each_piece(text, [&](std::uint32_t) { return ++count > 0; });
  return count;
}

bool Tokenizer::has_unknown(std::string_view text) const {
  bool found = false;
  each_piece(text, [&](std::uint32_t id) { return !(found = id == rules_.unknown); });
  return found;
}

}  // namespace sluice::embed
