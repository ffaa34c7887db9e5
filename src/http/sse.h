#pragma once
// Server-sent events (WHATWG HTML 9.2.6), as providers use them: events end with an empty line,
// lines with LF or CRLF. Only whole events leave the splitter, so what is passed on is never half
// an event.
//
//   splitter.feed(data);
//   while (auto event = splitter.next()) …
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

struct SseEvent {
  std::string_view raw;   // the whole event with its ending empty line, as it came
  std::string_view name;  // of `event:`, or empty
  std::string_view data;  // of `data:`; several such lines are joined by '\n'
  bool has_data = false;  // false: only comments or other fields
};

class SseSplitter {
 public:
  // An event longer than this is a provider gone mad.
  static constexpr std::size_t max_event = 16u << 20;

  // Gives more of the stream. The previous input must be used up: next() returned nothing.
  void feed(std::string_view data);
  // The next whole event. Its views hold until the next call of next() or feed().
  std::optional<SseEvent> next();
  // Bytes of an event that has not ended yet.
  std::string_view rest() const { return held_; }
  bool too_long() const { return held_.size() > max_event; }

 private:
  SseEvent parse(std::string_view raw);

  std::string held_;        // an event's beginning, from earlier input
  std::string_view input_;  // what was fed and is not taken yet (when held_ is not in use)
  bool in_held_ = false;    // input_ points into held_
  // So many bytes of held_ hold no event's end: an event in many pieces is not searched again.
  std::size_t searched_ = 0;
  std::string joined_;  // data of several lines
};

}  // namespace sluice::http
