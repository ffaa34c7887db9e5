// Counts server-sent events and tells how long each was under way, by the time the provider put
// into its content.
#pragma once

#include <cstdint>
#include <string_view>

#include "histogram.h"

namespace bench {

class EventMeter {
 public:
  // Takes the next bytes of a stream, read at `now` (ns). `last` is the byte before them. A time
  // cut by two reads is left out of the delays; its event counts.
  void add(std::string_view bytes, char last, std::uint64_t now) {
    for (std::size_t at = bytes.find('\n'); at != std::string_view::npos;
         at = bytes.find('\n', at + 1)) {
      if ((at == 0 ? last : bytes[at - 1]) == '\n') ++events_;
    }
    for (std::size_t at = bytes.find("\"t"); at != std::string_view::npos;
         at = bytes.find("\"t", at + 2))
      add_delay(bytes.substr(at + 2), now);
  }

  std::uint64_t events() const { return events_; }
  const Histogram& delays() const { return delays_; }

 private:
  static constexpr std::size_t time_digits = 19;

  void add_delay(std::string_view text, std::uint64_t now) {
    std::uint64_t sent = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
      sent = sent * 10 + std::uint64_t(text[digits] - '0');
    if (digits == time_digits && sent < now) delays_.add(now - sent);
  }

  std::uint64_t events_ = 0;
  Histogram delays_;
};

}  // namespace bench
