// Any bytes as a stream, or as an embedding request and its answer. What is put together is JSON,
// and tells as a stream what it is put together from again.
#include <string>

#include "base/json_scan.h"
#include "gateway/assemble.h"
#include "gateway/embedding_items.h"
#include "gateway/local_reply.h"
#include "input.h"

namespace {

using namespace sluice;
using fuzz::check;
using provider::Endpoint;

bool is_object(std::string_view json) {
  JsonFields fields;
  return !scan_json_object(json, fields);
}

// The answer told as a stream and put together again. Empty: it has more fields than is allowed.
std::string retold(Endpoint endpoint, std::string_view answer) {
  const auto events = gateway::as_stream(endpoint, answer, true);
  check(events.has_value());
  const auto again = gateway::assemble_stream(endpoint, *events, {});
  return again ? *again : "";
}

void check_stream(Endpoint endpoint, std::string_view events) {
  const Usage usage{.prompt_tokens = 1, .total_tokens = 1, .known = events.size() % 2 == 0};
  const auto whole = gateway::assemble_stream(endpoint, events, usage);
  if (!whole) {
    check(!whole.error().message.empty());
    return;
  }
  check(is_object(*whole));
  const std::string once = retold(endpoint, *whole);
  check(once.empty() || retold(endpoint, once) == once);
}

// A line is an event: most of what a search tries has no such frame.
std::string as_events(std::string_view text) {
  std::string events;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    events.append("data: ").append(text.substr(0, end)).append("\n\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return events + "data: [DONE]\n\n";
}

void check_request(std::string_view body) {
  JsonFields fields;
  if (scan_json_object(body, fields)) return;
  const JsonField* input = fields.find("input");
  if (input == nullptr) return;
  const auto split = gateway::split_input(*input);
  check(!split.items.empty());
  const std::string made = gateway::body_with_items(body, *input, split.items);
  JsonFields again;
  check(!scan_json_object(made, again));
  check(gateway::split_input(*again.find("input")).items == split.items || !split.list);
}

void check_reply(std::string_view body) {
  for (const std::size_t count : {1, 2, 3}) {
    const auto reply = gateway::split_reply(body, count);
    if (!reply) continue;
    check(reply->items.size() == count);
    const std::string made = gateway::make_reply(reply->items, reply->rest, 7);
    check(is_object(made));
    const auto again = gateway::split_reply(made, count);
    check(again && gateway::make_reply(again->items, again->rest, 7) == made);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  for (const Endpoint endpoint : {Endpoint::chat, Endpoint::completions}) {
    check_stream(endpoint, input.text);
    check_stream(endpoint, as_events(input.text));
  }
  check_request(input.text);
  check_reply(input.text);
  return 0;
}
