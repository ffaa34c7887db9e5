#pragma once
// What a Redis answers: one value of RESP2 or RESP3.
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::redis {

struct Reply {
  enum class Type : std::uint8_t {
    nil,
    status,   // "+OK"
    error,    // "-WRONGTYPE …": the server refused; `text` is the whole line
    integer,  // also RESP3 booleans, as 0 and 1
    number,   // RESP3 double; `text` has the digits as sent
    text,     // bulk string, also verbatim strings without their "txt:"
    list,     // array, set, push
    map,      // RESP3 map: name, value, name, value, … in `items`
  };
  Type type = Type::nil;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<Reply> items;

  bool is_nil() const { return type == Type::nil; }
  bool is_error() const { return type == Type::error; }
};

}  // namespace sluice::redis
