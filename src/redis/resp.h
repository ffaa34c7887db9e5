#pragma once
// The wire format of Redis: commands as RESP arrays, replies of RESP2 and RESP3
// (redis.io/docs/latest/develop/reference/protocol-spec). No I/O: bytes in, values out.
//
//   value  = simple CRLF | bulk | list
//   simple = "+" text | "-" error | ":" integer | "," double | "(" digits | "#" t or f | "_"
//   bulk   = ("$" or "!" or "=") size CRLF bytes CRLF | "$-1" CRLF
//   list   = ("*" or "~" or ">") count CRLF values | "%" pairs CRLF values | "*-1" CRLF
//
// An attribute ("|" pairs CRLF values, before the value that it is about) is skipped. Streamed
// strings and lists ("$?", "*?") are refused: no server sends them.
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "redis/reply.h"

namespace sluice::redis {

// Appends one command; its arguments may hold any bytes.
void append_command(std::string& out, std::span<const std::string_view> args);

// Takes replies out of a stream of bytes, however it is cut. What it holds is bounded, whatever
// is sent.
class RespDecoder {
 public:
  static constexpr std::size_t max_text = 512u << 20;  // of one reply; Redis' own for one value
  static constexpr std::size_t max_items = 1u << 20;   // of one reply, over all of its lists
  static constexpr std::size_t max_line = 64u << 10;   // of what is no bulk
  static constexpr std::size_t max_depth = 32;

  void feed(std::string_view bytes);
  // `ready`: `reply` is the next one. `malformed`: this is no Redis, or the stream is out of step;
  // nothing can follow.
  enum class Step { ready, need_more, malformed };
  Step next(Reply& reply);
  // The reply that next() has given was sent unasked (RESP3's push).
  bool was_push() const { return push_; }

 private:
  // A list that waits for more of its items.
  struct Open {
    Reply list;
    std::size_t missing;
    bool skipped;  // an attribute
  };
  Step read(Reply& value);
  Step read_simple(Reply& value, std::string_view line);
  Step read_bulk(Reply& value, std::string_view line);
  Step read_list(std::string_view line, bool& whole, Reply& value);
  bool close_lists(Reply& value);
  Step take_line(std::string_view& line);

  std::string held_;
  std::size_t at_ = 0;        // what is before it was taken
  std::size_t searched_ = 0;  // no line end before it
  std::vector<Open> open_;
  std::size_t items_ = 0, text_ = 0;  // of the reply that is being read
  bool push_ = false, broken_ = false;
};

}  // namespace sluice::redis
