#include "reply_reader.h"

#include <strings.h>

#include <algorithm>
#include <charconv>

namespace bench {
namespace {

bool starts_with_name(std::string_view line, std::string_view name) {
  return line.size() > name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0;
}

std::uint64_t number(std::string_view text, int base) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

}  // namespace

ReplyReader::Result ReplyReader::feed(std::string_view bytes, std::string* payload) {
  bool ended = false;
  while (!ended) {
    switch (part_) {
      case Part::head:
        if (!take_head(bytes)) return Result::more;
        if (status_ == 0) return Result::bad;
        ended = part_ == Part::sized_body && left_ == 0;
        break;
      case Part::sized_body:
        if (!take_body(bytes, payload)) return Result::more;
        ended = true;
        break;
      case Part::chunk_size:
        if (!take_line(bytes)) return Result::more;
        left_ = number(held_, 16);
        held_.clear();
        part_ = left_ > 0 ? Part::chunk : Part::trailer;
        break;
      case Part::chunk:
        if (!take_body(bytes, payload)) return Result::more;
        part_ = Part::chunk_end;
        break;
      case Part::chunk_end:
        if (!take_line(bytes)) return Result::more;
        held_.clear();
        part_ = Part::chunk_size;
        break;
      case Part::trailer:
        if (!take_line(bytes)) return Result::more;
        ended = held_.size() <= 1;  // the empty line, with its CR
        held_.clear();
        break;
    }
  }
  part_ = Part::head;
  return bytes.empty() ? Result::done : Result::bad;
}

bool ReplyReader::take_head(std::string_view& bytes) {
  if (held_.empty()) {  // the usual case: the head arrives whole and is not copied
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end != std::string_view::npos) {
      parse_head(bytes.substr(0, end + 2));
      bytes.remove_prefix(end + 4);
      return true;
    }
  }
  const std::size_t before = held_.size();
  held_ += bytes;
  const std::size_t end = held_.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  parse_head(std::string_view(held_).substr(0, end + 2));
  bytes.remove_prefix(end + 4 - before);
  held_.clear();
  return true;
}

void ReplyReader::parse_head(std::string_view head) {
  status_ = head.starts_with("HTTP/1.") ? int(number(head.substr(9, 3), 10)) : 0;
  part_ = Part::sized_body;
  left_ = 0;
  cached_ = false;
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    const std::string_view line = head.substr(at + 2);
    if (starts_with_name(line, "content-length:")) {
      const std::size_t digits = line.find_first_of("0123456789");
      if (digits != std::string_view::npos) left_ = number(line.substr(digits), 10);
    }
    if (starts_with_name(line, "transfer-encoding:")) part_ = Part::chunk_size;
    if (starts_with_name(line, "x-sluice-cache: exact")) cached_ = true;
    if (starts_with_name(line, "x-sluice-cache: semantic")) cached_ = true;
  }
}

// Adds bytes to held_ up to the end of a line, which is dropped; false while it is missing.
bool ReplyReader::take_line(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  held_ += bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  return end != std::string_view::npos;
}

bool ReplyReader::take_body(std::string_view& bytes, std::string* payload) {
  const auto size = std::size_t(std::min<std::uint64_t>(left_, bytes.size()));
  if (payload != nullptr) payload->append(bytes.substr(0, size));
  bytes.remove_prefix(size);
  left_ -= size;
  return left_ == 0;
}

}  // namespace bench
