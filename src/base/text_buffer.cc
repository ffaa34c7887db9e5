#include "base/text_buffer.h"

#include <algorithm>
#include <array>
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

// Two digits at a time, from the last ones on.
TextBuffer& TextBuffer::append_digits(std::int64_t number) {
  constexpr auto pairs = [] {
    std::array<char, 200> digits{};
    for (std::size_t i = 0; i < 100; i++) {
      digits[2 * i] = static_cast<char>('0' + i / 10);
      digits[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
    return digits;
  }();
  constexpr std::size_t most = 20;
  char text[most];
  char* at = text + most;
  const bool negative = number < 0;
  std::uint64_t rest =
      negative ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  for (; rest >= 10; rest /= 100) std::memcpy(at -= 2, &pairs[2 * (rest % 100)], 2);
  if (rest > 0) *--at = static_cast<char>('0' + rest);
  if (negative) *--at = '-';
  return append({at, static_cast<std::size_t>(text + most - at)});
}

TextBuffer& TextBuffer::append_thousandths(std::int64_t number) {
  if (number < 0) {
    push('-');
    number = -number;
  }
  append_number(number / 1000);
  const auto rest = static_cast<unsigned>(number % 1000);
  char* const at = extend(4);
  at[0] = '.';
  at[1] = static_cast<char>('0' + rest / 100);
  at[2] = static_cast<char>('0' + rest / 10 % 10);
  at[3] = static_cast<char>('0' + rest % 10);
  retract(at[3] != '0' ? 0 : at[2] != '0' ? 1 : 2);
  return *this;
}

TextBuffer& TextBuffer::append_double(double number) {
  thread_local std::string text;
  text.clear();
  append_json_double(text, number);
  return append(text);
}

}  // namespace sluice
