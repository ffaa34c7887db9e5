// Any bytes as a provider's stream. However it is cut into pieces the client gets the same, always
// whole events; and a whole answer retold as a stream is one of sound events.
#include <algorithm>
#include <string>

#include "base/json_scan.h"
#include "gateway/event_filter.h"
#include "gateway/local_reply.h"
#include "input.h"

namespace {

using namespace sluice;
using fuzz::check;
using gateway::EventFilter;

EventFilter make_filter(const fuzz::Input& input) {
  const bool wants_usage = input.chooses(0);
  if (input.chooses(1)) return EventFilter(provider::openai_dialect, nullptr, wants_usage);
  auto decoder = provider::anthropic_dialect.make_stream_decoder(
      {.model = "m", .fallback_id = "chatcmpl-1", .include_usage = wants_usage});
  return EventFilter(provider::anthropic_dialect, std::move(decoder), wants_usage);
}

bool is_whole_events(std::string_view out) {
  http::SseSplitter splitter;
  splitter.feed(out);
  while (splitter.next()) {
  }
  return splitter.rest().empty();
}

struct Outcome {
  std::string out, error;
  std::int64_t total_tokens = 0;
  bool started = false, ended = false;
  bool operator==(const Outcome&) const = default;
};

Outcome run(EventFilter filter, const std::vector<std::string_view>& pieces) {
  Outcome outcome;
  Status status = Done{};
  for (std::size_t i = 0; i < pieces.size() && status; i++) {
    std::string out;
    status = filter.feed(pieces[i], out);
    check(is_whole_events(out));
    const bool verbatim = filter.was_verbatim();
    check(!status || !verbatim || out == pieces[i]);
    outcome.out += out;
  }
  if (status) status = filter.end(outcome.out);
  check(is_whole_events(outcome.out));
  check(!status || filter.ended());
  if (!status) {
    outcome.error = status.error().message;
    check(!outcome.error.empty());
  }
  outcome.total_tokens = filter.usage().total_tokens;
  outcome.started = filter.started();
  outcome.ended = filter.ended();
  return outcome;
}

void check_retelling(std::string_view body, gateway::Endpoint endpoint) {
  const auto stream = gateway::as_stream(endpoint, body, true);
  if (!stream) return;
  check(is_whole_events(*stream) && stream->ends_with("data: [DONE]\n\n"));
  http::SseSplitter splitter;
  splitter.feed(*stream);
  while (const auto event = splitter.next()) {
    JsonFields fields;
    check(std::ranges::count(event->raw, '\n') == 2);
    check(event->data == "[DONE]" || !scan_json_object(event->data, fields));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const std::string_view text = input.text;
  const Outcome whole = run(make_filter(input), {text});
  for (const std::size_t piece : {1, 7, 64})
    check(run(make_filter(input), fuzz::split(text, piece)) == whole);
  check_retelling(text, gateway::Endpoint::chat);
  check_retelling(text, gateway::Endpoint::completions);
  return 0;
}
