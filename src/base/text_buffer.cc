#include "base/text_buffer.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/json_write.h"

namespace sluice {

void TextBuffer::grow(std::size_t more) {
  const std::size_t capacity = std::max<std::size_t>({512, capacity_ * 2, size_ + more});
  auto data = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
  data_ = std::move(data);
  capacity_ = capacity;
}

void TextBuffer::clear(std::size_t most_kept) {
  size_ = 0;
  if (capacity_ <= most_kept) return;
  data_.reset();
  capacity_ = 0;
}

// In blocks of a fixed size, which the compiler turns into a few instructions each; what the last
// one writes beyond the text is taken back.
TextBuffer& TextBuffer::append_lower(std::string_view text) {
  constexpr std::size_t block = 16;
  char* lower = extend(text.size() + block);
  std::memset(lower + text.size(), 0, block);
  std::char_traits<char>::copy(lower, text.data(), text.size());
  for (std::size_t i = 0; i < text.size(); i += block) {
    for (std::size_t j = i; j < i + block; j++)
      lower[j] |= static_cast<char>(lower[j] >= 'A' && lower[j] <= 'Z' ? 0x20 : 0);
  }
  retract(block);
  return *this;
}

TextBuffer& TextBuffer::append_thousandths(std::int64_t number) {
  if (number < 0) {
    push('-');
    number = -number;
  }
  append_number(number / 1000);
  const auto rest = static_cast<unsigned>(number % 1000);
  const auto digit = [](unsigned value) { return static_cast<char>('0' + value); };
  const char places[] = {'.', digit(rest / 100), digit(rest / 10 % 10), digit(rest % 10)};
  const std::size_t zeros = places[3] != '0' ? 0 : places[2] != '0' ? 1 : 2;
  return append({places, sizeof places - zeros});
}

TextBuffer& TextBuffer::append_double(double number) {
  thread_local std::string text;
  text.clear();
  append_json_double(text, number);
  return append(text);
}

}  // namespace sluice
