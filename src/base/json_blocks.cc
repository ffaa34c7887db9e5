#include "base/json_blocks.h"

#include <array>

namespace sluice {
namespace {

constexpr int block_size = 64;
using Block = JsonBlock<block_size>;

const char* end_of(std::string_view text) { return text.data() + text.size(); }

// The rest of a text, 1 to 63 bytes, as a block: the text's last one, of which the first
// `bytes_before` were read already, or of a short text a copy.
class LastBlock {
 public:
  [[gnu::always_inline]] LastBlock(const char* at, std::string_view text) {
    const auto left = static_cast<std::size_t>(end_of(text) - at);
    if (text.size() >= block_size) {
      bytes = end_of(text) - block_size;
      bytes_before = block_size - left;
    } else {
      copy_.fill(' ');
      std::memcpy(copy_.data(), at, left);
      bytes = copy_.data();
    }
  }
  LastBlock(const LastBlock&) = delete;

  const char* bytes;
  std::size_t bytes_before = 0;

 private:
  std::array<char, block_size> copy_;
};

[[gnu::always_inline]] inline const char* skip_plain(const char* at, std::string_view text) {
  for (; end_of(text) - at >= block_size; at += block_size) {
    const std::uint64_t stops = Block(at).string_stops();
    if (stops != 0) return at + std::countr_zero(stops);
  }
  if (at == end_of(text)) return at;
  const LastBlock last(at, text);
  const std::uint64_t stops = Block(last.bytes).string_stops() >> last.bytes_before;
  return stops != 0 ? at + std::countr_zero(stops) : end_of(text);
}

// The backslashes that are not escaped themselves: every second one of a run, from its first on.
// `escaped` has the lowest bit when the block's first byte is escaped.
[[gnu::always_inline]] inline std::uint64_t find_escapes(std::uint64_t backslashes,
                                                         std::uint64_t escaped) {
  constexpr std::uint64_t even = 0x5555'5555'5555'5555;
  const std::uint64_t runs = backslashes & ~escaped;
  const std::uint64_t even_starts = runs & ~(runs << 1) & even;
  // Adding its start to a run carries through all of it.
  const std::uint64_t odd_runs = runs & (runs + even_starts), even_runs = runs & ~odd_runs;
  return (even_runs & even) | (odd_runs & ~even);
}

// Reads a string with escapes block by block.
class EscapedText {
 public:
  bool is_escaped() const { return escaped_ != 0; }

  // Where in the block at `at`, of which `size` bytes can be read, skip_escaped ends, -1 for the
  // byte before it; block_size when the string goes on.
  [[gnu::always_inline]] int read(const char* at, int size, std::uint64_t stops,
                                  std::uint64_t backslashes) {
    if ((backslashes | escaped_) == 0) return stops != 0 ? std::countr_zero(stops) : block_size;
    const std::uint64_t escapes = find_escapes(backslashes, escaped_);
    const std::uint64_t escaped = escapes << 1 | escaped_;
    escaped_ = escapes >> (block_size - 1);
    const std::uint64_t ends = stops & ~backslashes & ~escaped;
    const std::uint64_t inside = ends != 0 ? (ends & -ends) - 1 : ~std::uint64_t{0};
    for (std::uint64_t left = escaped & inside; left != 0; left &= left - 1) {
      const int place = std::countr_zero(left);
      if (place == size || !is_short_escape(at[place])) return place - 1;
    }
    return ends != 0 ? std::countr_zero(ends) : block_size;
  }

 private:
  std::uint64_t escaped_ = 0;  // the lowest bit when the next block's first byte is escaped
};

[[gnu::always_inline]] inline const char* skip_escaped(const char* at, std::string_view text) {
  EscapedText string;
  for (; end_of(text) - at >= block_size; at += block_size) {
    const Block block(at);
    const int place = string.read(at, block_size, block.string_stops(), block.backslashes());
    if (place < block_size) return at + place;
  }
  if (at == end_of(text)) return string.is_escaped() ? at - 1 : at;
  const LastBlock last(at, text);
  const Block block(last.bytes);
  const int place = string.read(at, static_cast<int>(end_of(text) - at),
                                block.string_stops() >> last.bytes_before,
                                block.backslashes() >> last.bytes_before);
  return place < block_size ? at + place : end_of(text);
}

// What matters of a block to who looks for a closing bracket.
struct Structure {
  [[gnu::always_inline]] explicit Structure(const char* at, std::size_t bytes_before = 0) {
    const Block block(at);
    quotes = block.quotes() >> bytes_before;
    backslashes = block.backslashes() >> bytes_before;
    opens = block.opens() >> bytes_before;
    closes = block.closes() >> bytes_before;
  }
  std::uint64_t quotes, backslashes, opens, closes;
};

// Each bit becomes the parity of itself and those below.
[[gnu::always_inline]] inline std::uint64_t parity_up_to(std::uint64_t bits) {
  for (int shift = 1; shift < block_size; shift *= 2) bits ^= bits << shift;
  return bits;
}

// Goes through a container block by block.
class Nesting {
 public:
  bool in_string() const { return in_string_ != 0; }
  // A block inside a string that nothing ends or escapes.
  void skip_plain_block() { escaped_ = 0; }

  // Where in the block the container is closed; block_size when it goes on.
  [[gnu::always_inline]] int read(const Structure& block) {
    const std::uint64_t strings = find_strings(block);
    const std::uint64_t opens = block.opens & ~strings, closes = block.closes & ~strings;
    if (std::popcount(closes) >= depth_) {
      int closed = 0;
      for (std::uint64_t left = closes; left != 0; left &= left - 1) {
        const int place = std::countr_zero(left);
        const int opened = std::popcount(opens & ((std::uint64_t{1} << place) - 1));
        if (depth_ + opened == ++closed) return place;
      }
    }
    depth_ += std::popcount(opens) - std::popcount(closes);
    return block_size;
  }

 private:
  // The bytes from each opening quote to before the closing one.
  [[gnu::always_inline]] std::uint64_t find_strings(const Structure& block) {
    if ((block.backslashes | escaped_) != 0) return find_escaped_strings(block);
    return strings_between(block.quotes);
  }

  [[gnu::always_inline]] std::uint64_t find_escaped_strings(const Structure& block) {
    std::uint64_t backslashes = block.backslashes;
    for (;;) {
      const std::uint64_t escapes = find_escapes(backslashes, escaped_);
      const std::uint64_t quotes = block.quotes & ~(escapes << 1 | escaped_);
      // Outside of strings a backslash escapes nothing: read again without the first such one,
      // before which all is right.
      const std::uint64_t outside = backslashes & ~(parity_up_to(quotes) ^ in_string_);
      if (outside == 0) {
        escaped_ = escapes >> (block_size - 1);
        return strings_between(quotes);
      }
      backslashes &= ~(outside & -outside);
    }
  }

  [[gnu::always_inline]] std::uint64_t strings_between(std::uint64_t quotes) {
    const std::uint64_t strings = parity_up_to(quotes) ^ in_string_;
    in_string_ = -(strings >> (block_size - 1));
    return strings;
  }

  std::uint64_t in_string_ = 0;  // all bits when the next block begins inside a string
  std::uint64_t escaped_ = 0;    // the lowest bit when its first byte is escaped
  std::int64_t depth_ = 0;
};

[[gnu::always_inline]] inline const char* skip_nested(const char* at, std::string_view text) {
  Nesting nesting;
  for (; end_of(text) - at >= block_size; at += block_size) {
    const Structure block(at);
    if (nesting.in_string() && (block.quotes | block.backslashes) == 0) {
      nesting.skip_plain_block();
      continue;
    }
    const int place = nesting.read(block);
    if (place < block_size) return at + place + 1;
  }
  if (at == end_of(text)) return nullptr;
  const LastBlock last(at, text);
  const int place = nesting.read(Structure(last.bytes, last.bytes_before));
  return place < block_size ? at + place + 1 : nullptr;
}

// The loops above, inlined into functions for each kind of machine. Portable vectors are SSE2 or
// NEON already, which every x86-64 and ARM machine has.
struct Portable {
  static const char* plain(const char* at, std::string_view text) { return skip_plain(at, text); }
  static const char* escaped(const char* at, std::string_view text) {
    return skip_escaped(at, text);
  }
  static const char* nested(const char* at, std::string_view text) { return skip_nested(at, text); }
};
constexpr JsonKernels portable_kernels{Portable::plain, Portable::escaped, Portable::nested};

#if defined(__x86_64__)
struct Avx2 {
  [[gnu::target("avx2,popcnt")]] static const char* plain(const char* at, std::string_view text) {
    return skip_plain(at, text);
  }
  [[gnu::target("avx2,popcnt")]] static const char* escaped(const char* at, std::string_view text) {
    return skip_escaped(at, text);
  }
  [[gnu::target("avx2,popcnt")]] static const char* nested(const char* at, std::string_view text) {
    return skip_nested(at, text);
  }
};
constexpr JsonKernels avx2_kernels{Avx2::plain, Avx2::escaped, Avx2::nested};

struct Avx512 {
  [[gnu::target("avx512bw,popcnt")]] static const char* plain(const char* at,
                                                              std::string_view text) {
    return skip_plain(at, text);
  }
  [[gnu::target("avx512bw,popcnt")]] static const char* escaped(const char* at,
                                                                std::string_view text) {
    return skip_escaped(at, text);
  }
  [[gnu::target("avx512bw,popcnt")]] static const char* nested(const char* at,
                                                               std::string_view text) {
    return skip_nested(at, text);
  }
};
constexpr JsonKernels avx512_kernels{Avx512::plain, Avx512::escaped, Avx512::nested};
#endif

}  // namespace

const JsonKernels& json_kernels_of(CpuLevel level) {
#if defined(__x86_64__)
  if (level == CpuLevel::avx2) return avx2_kernels;
  if (level == CpuLevel::avx512) return avx512_kernels;
#endif
  (void)level;
  return portable_kernels;
}

const JsonKernels& json_kernels() {
  static const JsonKernels& best = json_kernels_of(cpu_level());
  return best;
}

}  // namespace sluice
