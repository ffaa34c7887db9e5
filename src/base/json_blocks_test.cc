#include "base/json_blocks.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace sluice {
namespace {

std::vector<CpuLevel> levels_here() {
  std::vector<CpuLevel> levels;
  for (const auto level : {CpuLevel::portable, CpuLevel::neon, CpuLevel::avx2, CpuLevel::avx512})
    if (cpu_has(level)) levels.push_back(level);
  return levels;
}

// The text alone in its memory, so that the address sanitizer sees a byte read outside of it.
class Alone {
 public:
  explicit Alone(const std::string& text)
      : bytes_(std::make_unique<char[]>(text.size())), size_(text.size()) {
    text.copy(bytes_.get(), size_);
  }
  std::string_view text() const { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

// What the kernels say, byte by byte; offsets, std::string::npos for nullptr.
std::size_t plain_end(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"' && text[at] != '\\' &&
         static_cast<unsigned char>(text[at]) >= 0x20)
    at++;
  return at;
}

std::size_t escaped_end(std::string_view text, std::size_t at) {
  for (;;) {
    at = plain_end(text, at);
    if (at == text.size() || text[at] != '\\') return at;
    const bool is_short =
        at + 1 < text.size() && std::string_view("\"\\/bfnrt").find(text[at + 1]) != text.npos;
    if (!is_short) return at;
    at += 2;
  }
}

std::size_t nested_end(std::string_view text, std::size_t at) {
  int depth = 0;
  bool in_string = false;
  for (; at < text.size(); at++) {
    const char c = text[at];
    if (in_string && c == '\\') {
      at++;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string) {
      depth += (c == '{' || c == '[') - (c == '}' || c == ']');
      if (depth == 0) return at + 1;
    }
  }
  return std::string_view::npos;
}

void expect_all_alike(const std::string& bytes) {
  const Alone alone(bytes);
  const std::string_view text = alone.text();
  const char* begin = text.data();
  for (const CpuLevel level : levels_here()) {
    SCOPED_TRACE(std::string(cpu_level_name(level)) + ": " + bytes);
    const JsonKernels& kernels = json_kernels_of(level);
    for (std::size_t at = 0; at < text.size(); at += at < 5 ? 1 : 29) {
      EXPECT_EQ(kernels.skip_plain(begin + at, text) - begin, plain_end(text, at));
      EXPECT_EQ(kernels.skip_escaped(begin + at, text) - begin, escaped_end(text, at));
    }
    const char* closed = kernels.skip_nested(begin, text);
    EXPECT_EQ(closed == nullptr ? std::string_view::npos : closed - begin, nested_end(text, 0));
  }
}

TEST(JsonBlocks, StopAtEachPlaceOfABlockOnEveryMachine) {
  for (std::size_t size = 1; size < 200; size++) {
    const std::string text(size, 'x');
    expect_all_alike("[" + text);
    for (const char* end : {"\"", "\\n\"", "\\\\\"", "\\u0041\"", "\\", "\n", "]"})
      expect_all_alike("[" + text + end);
    expect_all_alike("[\"" + text + "\\\"]\"]" + text);
  }
}

TEST(JsonBlocks, CountRunsOfBackslashesAcrossBlocks) {
  for (std::size_t before = 50; before < 70; before++) {
    for (std::size_t run = 1; run < 140; run += run < 6 ? 1 : 63)
      expect_all_alike("[\"" + std::string(before, ' ') + std::string(run, '\\') + "\"]\"]");
  }
}

TEST(JsonBlocks, AgreeWithAWalkByteByByteOnAnyText) {
  constexpr std::string_view pieces[] = {"\"", "\\",  "\\\"", "[", "]",    "{", "}",
                                         "n",  "\\n", " ",    "a", "\x01", "é", "plain text "};
  std::mt19937 random(7);
  for (int i = 0; i < 5000; i++) {
    std::string text = "[";
    for (auto left = random() % 120; left > 0; left--) text += pieces[random() % std::size(pieces)];
    expect_all_alike(text);
  }
}

}  // namespace
}  // namespace sluice
