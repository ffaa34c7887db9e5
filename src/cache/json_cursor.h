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
    bool escaped = false;    // holds escapes
    bool odd = false;        // holds others than \" \\ \n \r \t
  };
  // A string; its quote is next.
  String string() {
    const char* start = at_++;
    String string;
    for (;;) {
      at_ = skip_plain_json(at_, end_);
      if (at_ >= end_ || *at_ == '"') break;
      if (*at_ == '\\' && end_ - at_ > 1) {
        string.escaped = true;
        const char kind = *++at_;
        string.odd |= kind == 'u' || kind == '/' || kind == 'b' || kind == 'f';
      }
      at_++;
    }
    if (at_ < end_) at_++;
    string.token = {start, static_cast<std::size_t>(at_ - start)};
    return string;
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
