// The Anthropic dialect with arbitrary bytes from either side. Nothing may crash, and whatever is
// made of them must be valid: JSON to the provider, JSON and server-sent events to the client.
// Good seeds: tests/golden/anthropic/*.in.json.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/json_scan.h"
#include "provider/dialect.h"

namespace {

using namespace sluice;
using namespace sluice::provider;

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_object(std::string_view json) {
  JsonFields fields;
  return !scan_json_object(json, fields);
}

// Every event is one line of JSON, or the end mark.
void check_events(std::string_view events) {
  constexpr std::string_view lead = "data: ", end = "\n\n";
  while (!events.empty()) {
    const auto stop = events.find('\n');
    check(events.starts_with(lead) && events.substr(stop).starts_with(end));
    const auto data = events.substr(lead.size(), stop - lead.size());
    check(data == "[DONE]" || is_object(data));
    events.remove_prefix(stop + end.size());
  }
}

void decode_stream(std::string_view text, const ReplyContext& context) {
  const auto decoder = anthropic_dialect.make_stream_decoder(context);
  std::string out;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto size = out.size();
    const auto status = decoder->on_event({}, line, out);
    check(status || out.size() == size);
  }
  check_events(out);
  check(decoder->finished() == out.ends_with("data: [DONE]\n\n"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ReplyContext context{.model = "m", .fallback_id = "chatcmpl-1", .include_usage = true};

  const auto request = anthropic_dialect.encode_request(text);
  check(request ? is_object(*request) : !request.error().message.empty());

  Usage usage;
  const auto reply = anthropic_dialect.decode_reply(text, context, usage);
  check(reply ? is_object(*reply) : !reply.error().message.empty());
  check(usage.prompt_tokens >= 0 && usage.total_tokens >= usage.completion_tokens);

  for (const int status : {400, 500}) {
    const auto error = anthropic_dialect.decode_error(status, text);
    check(!error.message.empty() && error.message.size() < 4096);
  }
  decode_stream(text, context);
  return 0;
}
