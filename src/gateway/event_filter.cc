#include "gateway/event_filter.h"

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/json_scan.h"
#include "gateway/reply_facts.h"

namespace sluice::gateway {

namespace {

constexpr std::string_view done_event = "data: [DONE]\n\n";

// Where `part` (two bytes or more) begins. Its first two bytes are looked for 16 places at a time:
// for texts of an event's size memmem() spends more on getting ready than on looking.
std::size_t find(std::string_view text, std::string_view part) {
  std::size_t at = 0;
#if defined(__SSE2__)
  const __m128i first = _mm_set1_epi8(part[0]), second = _mm_set1_epi8(part[1]);
  for (; at + 17 <= text.size(); at += 16) {
    const auto* from = reinterpret_cast<const __m128i*>(text.data() + at);
    const auto* next = reinterpret_cast<const __m128i*>(text.data() + at + 1);
    auto pairs = static_cast<unsigned>(
        _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(_mm_loadu_si128(from), first),
                                        _mm_cmpeq_epi8(_mm_loadu_si128(next), second))));
    for (; pairs != 0; pairs &= pairs - 1) {
      const std::size_t place = at + static_cast<std::size_t>(std::countr_zero(pairs));
      if (text.substr(place).starts_with(part)) return place;
    }
  }
#endif
  return text.find(part, at);
}

// Whether some `key` (with its quotes) stands before a value that begins with `first`. Looks at the
// bytes only, so that the many events that have no such value cost no scan.
bool has_value(std::string_view json, std::string_view key, char first) {
  for (std::size_t at = find(json, key); at != std::string_view::npos; at = find(json, key)) {
    json.remove_prefix(at + key.size());
    const std::size_t value = json.find_first_not_of(": \t\r\n");
    if (value != std::string_view::npos && json[value] == first) return true;
  }
  return false;
}

}  // namespace

EventFilter::EventFilter(const provider::Dialect& dialect,
                         std::unique_ptr<provider::StreamDecoder> decoder, bool wants_usage)
    : dialect_(&dialect), decoder_(std::move(decoder)), wants_usage_(wants_usage) {
  if (decoder_) verbatim_ = false;
}

Status EventFilter::feed(std::string_view data, std::string& out) {
  if (!splitter_.rest().empty() || decoder_ || ended_) verbatim_ = false;
  if (ended_) return Done{};  // nothing counts after the end
  splitter_.feed(data);
  while (const auto event = splitter_.next()) {
    if (ended_)
      verbatim_ = false;
    else if (const Status status = pass(*event, out); !status)
      return status;
  }
  if (splitter_.too_long())
    return fail(connection_error("Connection error: an event of the stream is too long."));
  return Done{};
}

Status EventFilter::pass(const http::SseEvent& event, std::string& out) {
  // Some providers answer a failed request with bare JSON under an event stream's content type.
  if (!event.has_data && event.raw.starts_with('{'))
    return fail(dialect_->decode_error(500, event.raw));
  if (!decoder_) return pass_openai(event, out);
  if (!event.has_data) return Done{};
  const std::size_t before = out.size();
  const Status status = decoder_->on_event(event.name, event.data, out);
  if (out.size() > before) started_ = true;
  ended_ = decoder_->finished();
  return status;
}

Status EventFilter::pass_openai(const http::SseEvent& event, std::string& out) {
  if (!event.has_data) {  // comments keep a client's connection awake
    out.append(event.raw);
    return Done{};
  }
  if (event.data.starts_with("[DONE]")) {
    ended_ = true;
    out.append(done_event);
    if (event.raw != done_event) verbatim_ = false;
    return Done{};
  }
  if (auto error = error_in(event)) return fail(std::move(*error));
  started_ = true;
  saw_finish_ = saw_finish_ || has_value(event.data, "\"finish_reason\"", '"');
  if (!has_value(event.data, "\"usage\"", '{') || is_for_client(event.data)) {
    out.append(event.raw);
  } else {
    verbatim_ = false;
  }
  return Done{};
}

// Notes the usage. False for the chunk that holds nothing else and that the client did not ask for.
bool EventFilter::is_for_client(std::string_view data) {
  JsonFields fields;
  if (scan_json_object(data, fields)) return true;
  const JsonField* usage = fields.find("usage");
  if (usage == nullptr || usage->type != JsonType::object) return true;
  usage_ = read_usage(usage->value);
  if (wants_usage_) return true;
  const JsonField* choices = fields.find("choices");
  std::vector<std::string_view> elements;
  return choices == nullptr || scan_json_array(choices->value, elements) || !elements.empty();
}

// Providers report failures inside a stream as {"error": …}, some under the event name `error`,
// some beside the fields of a chunk.
std::optional<Error> EventFilter::error_in(const http::SseEvent& event) const {
  if (event.name != "error" && find(event.data, "\"error\"") == std::string_view::npos)
    return std::nullopt;
  JsonFields fields;
  if (event.name != "error") {
    if (scan_json_object(event.data, fields)) return std::nullopt;
    const JsonField* error = fields.find("error");
    if (error == nullptr || error->type == JsonType::null) return std::nullopt;
  }
  return dialect_->decode_error(500, event.data);
}

Status EventFilter::end(std::string& out) {
  // Some providers leave out the last empty line, or the end mark.
  while (!ended_ && !splitter_.rest().empty()) {
    if (const Status status = feed("\n", out); !status) return status;
  }
  if (ended_) return Done{};
  if (decoder_ || !saw_finish_)
    return fail(connection_error("Connection error: the provider's stream ended early."));
  out.append(done_event);
  verbatim_ = false;
  ended_ = true;
  return Done{};
}

}  // namespace sluice::gateway
