#pragma once
// Walks over the fields of one protobuf message (the wire format of protobuf's "Encoding" page).
// Reads no further than its bytes; a fault ends the walk.
#include <cstdint>
#include <string_view>

namespace sluice::embed {

class ProtobufReader {
 public:
  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  // Steps to the next field. False: the end, or a fault.
  bool next() {
    if (rest_.empty()) return false;
    const std::uint64_t key = varint();
    field_ = static_cast<std::uint32_t>(key >> 3);
    number_ = 0;
    bytes_ = {};
    switch (key & 7) {
      case 0: number_ = varint(); break;
      case 1: bytes_ = take(8); break;
      case 2: bytes_ = take(varint()); break;
      case 5: bytes_ = take(4); break;
      default: broken_ = true;  // groups, which nobody uses any more
    }
    return !broken_;
  }

  std::uint32_t field() const { return field_; }
  std::uint64_t number() const { return number_; }   // of a varint
  std::string_view bytes() const { return bytes_; }  // of anything else
  bool broken() const { return broken_; }
  bool at_end() const { return rest_.empty() && !broken_; }

  // For packed numbers: the bytes of a field are read as one varint after the other.
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) break;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return value;
    }
    broken_ = true;
    return 0;
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) broken_ = true;
    if (broken_) return {};
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  std::string_view rest_, bytes_;
  std::uint64_t number_ = 0;
  std::uint32_t field_ = 0;
  bool broken_ = false;
};

}  // namespace sluice::embed
