#pragma once
// Loops over a JSON text in blocks of 64 bytes, compiled for each kind of machine. Pure; any
// thread.
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "base/cpu.h"

namespace sluice {

// `at` points into `text`; nothing outside of `text` is read.
struct JsonKernels {
  // The first byte from `at` on that ends or interrupts a string ('"', '\\' or a control
  // character), or the text's end.
  const char* (*skip_plain)(const char* at, std::string_view text);
  // The same beyond escapes of two bytes ("\\n"): what ends the string, a control character, the
  // backslash of any other escape, or the text's end.
  const char* (*skip_escaped)(const char* at, std::string_view text);
  // Just after the bracket that closes the one at `at`, by strings and brackets alone; nullptr when
  // the text ends before.
  const char* (*skip_nested)(const char* at, std::string_view text);
};

// Those of a level that this machine has.
const JsonKernels& json_kernels_of(CpuLevel level);
// Those of this machine's best level.
const JsonKernels& json_kernels();

// Whether a backslash and `c` are a whole escape.
inline bool is_short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't': return true;
    default: return false;
  }
}

// The next `size` bytes of a text, as one vector. Comparing gives a mask with the first byte's bit
// lowest. Always inlined: becomes the instructions that the caller is compiled for.
template <int size>
class JsonBlock {
 public:
  [[gnu::always_inline]] explicit JsonBlock(const char* at) { std::memcpy(&bytes_, at, size); }

  [[gnu::always_inline]] std::uint64_t quotes() const { return mask(bytes_ == '"'); }
  [[gnu::always_inline]] std::uint64_t backslashes() const { return mask(bytes_ == '\\'); }
  [[gnu::always_inline]] std::uint64_t string_stops() const {
    // Exchanging 0x20..0x21 for 0x22..0x23 puts the quote (0x22) next to the control characters.
    return mask(((bytes_ ^ 2) <= 0x20) | (bytes_ == '\\'));
  }
  // '[' and '{' differ in one bit, and so do ']' and '}'.
  [[gnu::always_inline]] std::uint64_t opens() const { return mask((bytes_ | 0x20) == '{'); }
  [[gnu::always_inline]] std::uint64_t closes() const { return mask((bytes_ | 0x20) == '}'); }
  [[gnu::always_inline]] std::uint64_t no_spaces() const {
    return mask((bytes_ != ' ') & (bytes_ != '\n') & (bytes_ != '\r') & (bytes_ != '\t'));
  }

 private:
  using Bytes = unsigned char __attribute__((ext_vector_type(size)));
  using Bits = bool __attribute__((ext_vector_type(size)));
  static_assert(std::endian::native == std::endian::little);

  [[gnu::always_inline]] static std::uint64_t mask(const auto& truths) {
    const Bits bits = __builtin_convertvector(truths, Bits);
    using Mask = std::conditional_t<size == 64, std::uint64_t, std::uint16_t>;
    return __builtin_bit_cast(Mask, bits);
  }

  Bytes bytes_;
};

}  // namespace sluice
