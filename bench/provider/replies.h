// What the provider says and understands: no sockets here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace bench {

struct Options {
  int port = 9000;
  int reply_bytes = 600;
  int delay_ms = 0;
  int events = 50;
  int interval_ms = 20;
};

// The bytes that go out, made once; only the time in an event changes.
struct Replies {
  std::string json;
  std::string stream_head;
  std::string event;
  std::string stream_end = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";
  std::size_t time_at = 0;  // in the event: time_digits digits
};

inline constexpr std::size_t time_digits = 19;

Replies make_replies(const Options& options);

// Where a complete request ends in `in` and what it asks for; end is 0 while bytes are missing.
struct Request {
  std::size_t end = 0;
  bool stream = false;
};

Request parse_request(std::string_view in);

}  // namespace bench
