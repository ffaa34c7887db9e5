#pragma once
// Walks over one JSON value that is known to be valid (scan_json). It checks no syntax again, but
// never reads beyond the text.
#include <string_view>

#include "base/json_scan.h"

namespace sluice::cache {

class JsonCursor {
 public:
  explicit JsonCursor(std::string_view json) : at_(json.data()), end_(at_ + json.size()) {}

  // The next byte that is no white space, or 0 at the end.
  char peek() {
    while (at_ < end_ && static_cast<unsigned char>(*at_) <= ' ') at_++;
    return at_ < end_ ? *at_ : '\0';
  }
  // Steps over `c` if it is next.
  bool take(char c) {
    if (peek() != c) return false;
    at_++;
    return true;
  }

  struct String {
    std::string_view token;  // with its quotes
    bool escaped;            // holds escapes
  };
  // A string; its quote is next.
  String string() {
    const char* start = at_++;
    bool escaped = false;
    for (;;) {
      at_ = skip_plain_json(at_, end_);
      if (at_ >= end_) return {{start, static_cast<std::size_t>(end_ - start)}, escaped};
      if (*at_ == '"') return {{start, static_cast<std::size_t>(++at_ - start)}, escaped};
      escaped = escaped || *at_ == '\\';
      at_ += *at_ == '\\' && end_ - at_ > 1 ? 2 : 1;
    }
  }

  // A number, true, false or null, which is next.
  std::string_view word() {
    const char* start = at_;
    while (at_ < end_ && *at_ != ',' && *at_ != ']' && *at_ != '}' &&
           static_cast<unsigned char>(*at_) > ' ')
      at_++;
    return {start, static_cast<std::size_t>(at_ - start)};
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace sluice::cache
