#include "replies.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace bench {
namespace {

// As many headers as a real provider sends.
constexpr std::string_view common_headers =
    "date: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
    "server: bench\r\n"
    "openai-organization: org-bench\r\n"
    "openai-processing-ms: 412\r\n"
    "openai-version: 2020-10-01\r\n"
    "x-ratelimit-limit-requests: 10000\r\n"
    "x-ratelimit-remaining-requests: 9999\r\n"
    "x-request-id: req_0123456789abcdef0123456789abcdef\r\n";

std::string make_body(std::size_t size) {
  constexpr std::string_view begin =
      R"({"id":"chatcmpl-0123456789abcdef0123456789a","object":"chat.completion",)"
      R"("created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":)"
      R"({"role":"assistant","content":")";
  constexpr std::string_view end =
      R"("},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":120,)"
      R"("completion_tokens":60,"total_tokens":180},"system_fingerprint":"fp_bench"})";
  std::string body(begin);
  while (body.size() + end.size() < size) body += "The quick brown fox jumps over the lazy dog. ";
  body.resize(std::max(begin.size(), size - std::min(size, end.size())));
  return body.append(end);
}

// Fills in the event and where its time goes.
void make_event(Replies& replies) {
  constexpr std::string_view begin =
      R"(data: {"id":"chatcmpl-0123456789abcdef0123456789a","object":"chat.completion.chunk",)"
      R"("created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"t)";
  constexpr std::string_view end = "\"},\"finish_reason\":null}]}\n\n";
  std::array<char, 16> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", begin.size() + time_digits + end.size());
  replies.event.append(size.data()).append(begin);
  replies.time_at = replies.event.size();
  replies.event.append(time_digits, '0').append(end).append("\r\n");
}

}  // namespace

Replies make_replies(const Options& options) {
  const std::string body = make_body(std::size_t(options.reply_bytes));
  Replies replies;
  replies.json.append("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
      .append(common_headers)
      .append("content-length: " + std::to_string(body.size()) + "\r\n\r\n")
      .append(body);
  replies.stream_head
      .append("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n")
      .append("cache-control: no-cache\r\n")
      .append(common_headers)
      .append("transfer-encoding: chunked\r\n\r\n");
  make_event(replies);
  return replies;
}

Request parse_request(std::string_view in) {
  const std::size_t head_end = in.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return {};
  const std::size_t body_at = head_end + 4;
  const std::string_view head = in.substr(0, head_end);
  std::size_t body_size = 0;
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    constexpr std::string_view length = "content-length: ";
    const std::string_view line = head.substr(at + 2);
    if (line.size() > length.size() && strncasecmp(line.data(), length.data(), length.size()) == 0)
      std::from_chars(line.data() + length.size(), head.data() + head.size(), body_size);
    else if (strncasecmp(line.data(), "transfer-encoding:", 18) == 0) {
      const std::size_t last = in.find("0\r\n\r\n", body_at);
      if (last == std::string_view::npos) return {};
      body_size = last + 5 - body_at;
    }
  }
  if (in.size() < body_at + body_size) return {};
  const std::string_view body = in.substr(body_at, body_size);
  return {.end = body_at + body_size,
          .stream = body.contains("\"stream\":true") || body.contains("\"stream\": true")};
}

}  // namespace bench
