#pragma once
// Bytes that grow at the end. For the heads and log lines of every request: appending a literal
// costs a comparison and a few moves, where std::string costs a call for each piece.
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
  TextBuffer& push(char c) {
    *extend(1) = c;
    return *this;
  }
  TextBuffer& append_number(std::int64_t number) {
    if (number >= 0 && number < 10) return push(static_cast<char>('0' + number));
    return append_digits(number);
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
  TextBuffer& append_digits(std::int64_t number);

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0, capacity_ = 0;
};

// Appends pieces whose sizes are bounded together, without a check for each.
class BoundedText {
 public:
  // At most `most` bytes will be put.
  BoundedText(TextBuffer& out, std::size_t most)
      : out_(out), at_(out.extend(most + block)), end_(at_ + most + block) {}
  BoundedText(const BoundedText&) = delete;
  ~BoundedText() { out_.retract(static_cast<std::size_t>(end_ - at_)); }

  [[gnu::always_inline]] BoundedText& put(std::string_view text) {
    std::char_traits<char>::copy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  // With small letters for A to Z. In blocks of a fixed size, which the compiler turns into a few
  // instructions each; what the last one writes beyond the text is overwritten by what follows.
  [[gnu::always_inline]] BoundedText& put_lower(std::string_view text) {
    char* const lower = at_;
    put(text);
    for (std::size_t i = 0; i < text.size(); i += block) {
      for (std::size_t j = i; j < i + block; j++)
        lower[j] |= static_cast<char>(lower[j] >= 'A' && lower[j] <= 'Z' ? 0x20 : 0);
    }
    return *this;
  }

 private:
  static constexpr std::size_t block = 16;
  TextBuffer& out_;
  char* at_;
  char* end_;
};

}  // namespace sluice
