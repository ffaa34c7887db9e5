#pragma once
// The wire format of Redis: commands as RESP arrays, replies of RESP2 and RESP3
// (redis.io/docs/latest/develop/reference/protocol-spec). No I/O: bytes in, values out.
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

// Takes replies out of a stream of bytes, however it is cut.
class RespDecoder {
 public:
  static constexpr std::size_t max_text = 512u << 20;  // Redis' own bound for one value
  static constexpr std::size_t max_items = 4u << 20;   // of one list
  static constexpr int max_depth = 16;

  void feed(std::string_view bytes);
  // `ready`: `reply` is the next one. `malformed`: this is no Redis, or the stream is out of step;
  // nothing can follow.
  enum class Step { ready, need_more, malformed };
  Step next(Reply& reply);
  // The reply that next() has given was sent unasked (RESP3's push).
  bool was_push() const { return was_push_; }

 private:
  // A list that waits for more of its items.
  struct Open {
    Reply list;
    std::size_t missing;
  };
  Step read_value(Reply& value, bool& is_list, std::size_t& items);
  Step read_text(Reply& value, std::string_view line, bool verbatim);
  std::optional<std::string_view> take_line();

  std::string held_;
  std::size_t at_ = 0;        // what is before it was taken
  std::size_t searched_ = 0;  // no line end before it
  std::vector<Open> open_;
  bool was_push_ = false, attribute_ = false, broken_ = false;
};

}  // namespace sluice::redis
