#pragma once
// One request as the server received it: its head and body, all in one buffer.
#include <string>
#include <string_view>

#include "http/head.h"
#include "io/address.h"
#include "io/cancel.h"
#include "io/timer.h"

namespace sluice::http {

struct Request {
  Head head;                          // views into `bytes`
  std::string bytes;                  // head, then body (chunked bodies are decoded)
  io::CancelToken* cancel = nullptr;  // cancelled when the client goes away
  io::Time arrived{};                 // when its first byte was read
  const io::Address* peer = nullptr;

  std::string_view body() const { return std::string_view(bytes).substr(head.size); }
  std::string_view path() const { return head.target.substr(0, head.target.find('?')); }
  std::string_view query() const {
    const std::size_t mark = head.target.find('?');
    return mark == std::string_view::npos ? std::string_view() : head.target.substr(mark + 1);
  }
  // The value of a header, or an empty text.
  std::string_view header(std::string_view name) const {
    const std::string_view* value = head.find(name);
    return value == nullptr ? std::string_view() : *value;
  }
  void reset();
};

// The value of one parameter of a query string, percent-decoded; empty when it is not there.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace sluice::http
