#pragma once
// The word pieces of a model: text ↔ id. Holds views of the model file's bytes and an index made at
// start (some 30,000 entries in a millisecond). Immutable; any thread.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace sluice::embed {

class Vocabulary {
 public:
  Vocabulary() = default;
  // Piece i is bytes [offsets[i], offsets[i + 1]) of `text`; the offsets rise and stay within it.
  // An empty piece is never found. Both outlive the vocabulary.
  Vocabulary(std::span<const std::uint32_t> offsets, std::string_view text);

  std::uint32_t size() const { return static_cast<std::uint32_t>(offsets_.size()) - 1; }
  std::string_view piece(std::uint32_t id) const {
    return text_.substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }

  struct Match {
    std::uint32_t id;
    std::size_t bytes;
  };
  // The longest piece that `text` begins with: at the beginning of a word, or inside of it (the
  // pieces written with "##").
  enum class Place { beginning, inside };
  std::optional<Match> longest(std::string_view text, Place place) const;

 private:
  std::string_view body(std::uint32_t id) const;  // without "##"
  Place place_of(std::uint32_t id) const;

  std::span<const std::uint32_t> offsets_;
  std::string_view text_;
  std::vector<std::uint32_t> slots_;  // open addressing; id + 1, 0 = free
  std::size_t longest_ = 0;           // bytes of the longest body
};

}  // namespace sluice::embed
