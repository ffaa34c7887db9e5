#include "embed/vocabulary.h"

#include <algorithm>
#include <array>
#include <bit>

namespace sluice::embed {

namespace {

constexpr std::string_view inside_mark = "##";
// Longer pieces exist in no vocabulary that is known; they would not be found.
constexpr std::size_t most_bytes = 255;

// FNV-1a, 64 bits: it gives the hash of every prefix on the way, which is what longest() needs.
constexpr std::uint64_t prime = 0x100000001b3;
std::uint64_t start(Vocabulary::Place place) {
  return place == Vocabulary::Place::beginning ? 0xcbf29ce484222325 : 0x84222325cbf29ce4;
}
std::uint64_t step(std::uint64_t hash, char c) {
  return (hash ^ static_cast<std::uint8_t>(c)) * prime;
}
// The low bits of FNV mix poorly.
std::size_t slot_of(std::uint64_t hash, std::size_t slots) {
  return static_cast<std::size_t>(hash ^ hash >> 32) & (slots - 1);
}

}  // namespace

Vocabulary::Vocabulary(std::span<const std::uint32_t> offsets, std::string_view text)
    : offsets_(offsets), text_(text), slots_(std::bit_ceil(offsets.size() * 2)) {
  for (std::uint32_t id = 0; id < size(); id++) {
    const std::string_view piece = body(id);
    if (piece.empty() || piece.size() > most_bytes) continue;
    longest_ = std::max(longest_, piece.size());
    std::uint64_t hash = start(place_of(id));
    for (const char c : piece) hash = step(hash, c);
    std::size_t slot = slot_of(hash, slots_.size());
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = id + 1;
  }
}

Vocabulary::Place Vocabulary::place_of(std::uint32_t id) const {
  return piece(id).starts_with(inside_mark) ? Place::inside : Place::beginning;
}

std::string_view Vocabulary::body(std::uint32_t id) const {
  return piece(id).substr(place_of(id) == Place::inside ? inside_mark.size() : 0);
}

std::optional<Vocabulary::Match> Vocabulary::longest(std::string_view text, Place place) const {
  std::array<std::uint64_t, most_bytes + 1> hashes;
  const std::size_t most = std::min(text.size(), longest_);
  hashes[0] = start(place);
  for (std::size_t i = 0; i < most; i++) hashes[i + 1] = step(hashes[i], text[i]);
  for (std::size_t bytes = most; bytes > 0; bytes--) {
    std::size_t slot = slot_of(hashes[bytes], slots_.size());
    for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      const std::uint32_t id = slots_[slot] - 1;
      if (place_of(id) == place && body(id) == text.substr(0, bytes)) return Match{id, bytes};
    }
  }
  return std::nullopt;
}

}  // namespace sluice::embed
