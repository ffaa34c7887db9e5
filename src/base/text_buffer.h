#pragma once
// Bytes that grow at the end. For the heads and log lines of every request: appending a literal
// costs a comparison and a few moves, where std::string costs a call for each piece.
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

class TextBuffer {
 public:
  [[gnu::always_inline]] TextBuffer& append(std::string_view text) {
    // Unlike memcpy, copies nothing from nowhere: an empty text may have no address.
    std::char_traits<char>::copy(extend(text.size()), text.data(), text.size());
    return *this;
  }
  // With small letters for A to Z.
  TextBuffer& append_lower(std::string_view text);
  TextBuffer& push(char c) {
    *extend(1) = c;
    return *this;
  }
  TextBuffer& append_number(std::int64_t number) {
    if (number >= 0 && number < 10) return push(static_cast<char>('0' + number));
    char* at = extend(20);
    size_ -= 20;
    size_ += static_cast<std::size_t>(std::to_chars(at, at + 20, number).ptr - at);
    return *this;
  }
  // Thousandths as a decimal number, the way Python prints it: 1500 → "1.5", 2000 → "2.0".
  TextBuffer& append_thousandths(std::int64_t number);
  // The shortest text of a double (append_json_double).
  TextBuffer& append_double(double number);

  // `size` more bytes, for the caller to fill.
  [[gnu::always_inline]] char* extend(std::size_t size) {
    if (size > capacity_ - size_) grow(size);
    char* at = data_.get() + size_;
    size_ += size;
    return at;
  }
  // Takes back the last bytes of an extend() that asked for more than it used.
  void retract(std::size_t size) { size_ -= size; }
  std::string_view text() const { return {data_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Keeps its memory, unless that has grown beyond `most_kept`.
  void clear(std::size_t most_kept = 64 * 1024);

 private:
  void grow(std::size_t more);

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace sluice
