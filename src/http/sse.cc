#include "http/sse.h"

#include <cstring>

namespace sluice::http {

// Splits off the next line (without its end) if it is complete.
static bool take_line(std::string_view& text, std::string_view& line) {
  const auto* lf = static_cast<const char*>(std::memchr(text.data(), '\n', text.size()));
  if (lf == nullptr) return false;
  line = text.substr(0, static_cast<std::size_t>(lf - text.data()));
  text.remove_prefix(line.size() + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return true;
}

void SseSplitter::feed(std::string_view data) {
  if (held_.empty()) {
    input_ = data;
    in_held_ = false;
    return;
  }
  held_.append(data);
  input_ = held_;
  in_held_ = true;
}

// Whether the line that ends with the LF at `lf` is empty.
static bool is_empty_line(std::string_view text, std::size_t lf) {
  const std::size_t end = lf > 0 && text[lf - 1] == '\r' ? lf - 1 : lf;
  return end == 0 || text[end - 1] == '\n';
}

// Bytes up to and with the empty line that ends the first event, which is not before `from`;
// 0 = it has not ended yet.
static std::size_t event_size(std::string_view text, std::size_t from) {
  for (std::size_t lf = text.find('\n', from); lf != text.npos; lf = text.find('\n', lf + 1)) {
    if (is_empty_line(text, lf)) return lf + 1;
  }
  return 0;
}

std::optional<SseEvent> SseSplitter::next() {
  const std::size_t size = event_size(input_, searched_);
  searched_ = 0;
  if (size == 0) {
    // Keep what is left for the next input. It may be part of held_ already.
    if (in_held_) {
      held_.erase(0, held_.size() - input_.size());
      in_held_ = false;
    } else {
      held_.append(input_);
    }
    searched_ = held_.size();
    input_ = {};
    return std::nullopt;
  }
  const std::string_view raw = input_.substr(0, size);
  input_.remove_prefix(size);
  return parse(raw);
}

SseEvent SseSplitter::parse(std::string_view raw) {
  SseEvent event{.raw = raw};
  std::string_view text = raw, line;
  bool joined = false;
  while (take_line(text, line)) {
    const std::size_t colon = line.find(':');
    if (colon == 0 || line.empty()) continue;  // a comment, or the end
    const std::string_view field = line.substr(0, colon);
    std::string_view value =
        colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (field == "event") event.name = value;
    if (field != "data") continue;
    if (event.has_data) {
      if (!joined) joined_.assign(event.data);
      joined = true;
      joined_.append(1, '\n').append(value);
      event.data = joined_;
    } else {
      event.data = value;
      event.has_data = true;
    }
  }
  return event;
}

}  // namespace sluice::http
