#pragma once
// Strict HTTP/1.1 heads (RFC 9112), parsed in place. What other parsers might read differently is
// refused, since that is how requests are smuggled: bare CR or LF, obs-fold, space before ':',
// Content-Length with Transfer-Encoding, differing lengths, any coding but one `chunked`.
#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::http {

struct Header {
  std::string_view name, value;
};

constexpr std::size_t max_headers = 100;
constexpr std::size_t max_head_bytes = 64 * 1024;

struct Head {
  std::string_view method, target;  // requests
  int status = 0;                   // responses
  int minor = 1;                    // HTTP/1.minor, 0 or 1
  std::uint64_t length = 0;         // Content-Length
  bool has_length = false;
  bool chunked = false;
  bool keep_alive = true;        // by version and Connection
  bool expect_continue = false;  // Expect: 100-continue
  bool expect_other = false;     // any other expectation
  std::size_t size = 0;          // bytes of the head with its empty line
  std::vector<Header> headers;   // views into the parsed text
  std::uint64_t name_sizes = 0;  // which sizes (modulo 64) their names have

  // The first header of that name (any case), or nothing. Mostly the sizes tell that there is none.
  const std::string_view* find(std::string_view name) const {
    return (name_sizes >> (name.size() % 64) & 1) != 0 ? search(name) : nullptr;
  }
  // Keeps the capacity of `headers`.
  void clear();

 private:
  const std::string_view* search(std::string_view name) const;
};

enum class Parse { complete, incomplete, malformed, too_large };

// Parses the head at the start of `text`. Only after `complete` are the fields of `head`
// meaningful.
Parse parse_request_head(std::string_view text, Head& head);
Parse parse_response_head(std::string_view text, Head& head);

// The characters of a header's name, and of its value (RFC 9110 5.6.2 and 5.5).
bool is_token_char(char c);
bool is_value_char(char c);
// The value of a hexadecimal digit of either case; -1 for anything else.
int hex_value(char c);

bool equals_ignoring_case(std::string_view a, std::string_view b);

// Whether a parsed header's name is `lower`, a literal of lower-case letters, digits and '-'.
// Setting one bit makes capitals small and changes no other character that a name and such a
// literal share.
template <std::size_t N>
[[gnu::always_inline]] inline bool name_is(std::string_view name, const char (&lower)[N]) {
  constexpr std::size_t size = N - 1;
  if (name.size() != size) return false;
  unsigned char differs = 0;
  for (std::size_t i = 0; i < size; i++)
    differs |= static_cast<unsigned char>((name[i] | 0x20) ^ lower[i]);
  return differs == 0;
}

}  // namespace sluice::http
