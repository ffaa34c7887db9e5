// Reads HTTP/1.1 replies, one after the other, from bytes that arrive in any pieces. Knows what
// gateways send: content-length or chunked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class ReplyReader {
 public:
  enum class Result { more, done, bad };

  // Takes the next bytes of the reply under way. Body bytes are appended to payload unless it is
  // null. `done` ends the reply; bytes behind it are an error, as nothing was asked for.
  Result feed(std::string_view bytes, std::string* payload);

  int status() const { return status_; }

  // Whether Sluice says that the reply comes from its cache.
  bool is_cached() const { return cached_; }

 private:
  enum class Part { head, sized_body, chunk_size, chunk, chunk_end, trailer };

  bool take_head(std::string_view& bytes);
  void parse_head(std::string_view head);
  bool take_line(std::string_view& bytes);
  bool take_body(std::string_view& bytes, std::string* payload);

  Part part_ = Part::head;
  int status_ = 0;
  bool cached_ = false;
  std::uint64_t left_ = 0;  // of the body or the chunk
  std::string held_;        // a head or line that is not complete yet
};

}  // namespace bench
