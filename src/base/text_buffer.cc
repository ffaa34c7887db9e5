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

TextBuffer& TextBuffer::append_thousandths(std::int64_t number) {
  if (number < 0) {
    push('-');
    number = -number;
  }
  append_number(number / 1000).push('.');
  auto rest = static_cast<int>(number % 1000);
  for (int place = 100; place == 100 || rest > 0; place /= 10) {
    push(static_cast<char>('0' + rest / place));
    rest %= place;
  }
  return *this;
}

TextBuffer& TextBuffer::append_double(double number) {
  thread_local std::string text;
  text.clear();
  append_json_double(text, number);
  return append(text);
}

}  // namespace sluice
