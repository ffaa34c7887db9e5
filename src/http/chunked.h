#pragma once
// Decodes the chunked transfer coding (RFC 9112 7.1), fed in any pieces. Strict: sizes of at most
// 15 hex digits, CRLF everywhere, extensions and trailers skipped within a bound.
//
//   while (decoder.next(wire, data) == ChunkDecoder::Step::data) use(data);
#include <cstdint>
#include <string_view>

namespace sluice::http {

class ChunkDecoder {
 public:
  enum class Step { data, need_more, done, malformed };
  // Takes the next piece of data from the front of `wire`. need_more: `wire` is used up. done: the
  // body has ended, `wire` holds what follows it.
  Step next(std::string_view& wire, std::string_view& data);
  // Stands between two chunks: bytes up to here can be forwarded as they are.
  bool at_boundary() const { return state_ == State::size_first || state_ == State::done; }
  bool done() const { return state_ == State::done; }

 private:
  enum class State {
    size_first,
    size,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_first,
    trailer_name,
    trailer_value,
    trailer_lf,
    end_lf,
    done,
    malformed
  };
  // Advances over one framing byte.
  State framing(char c);

  State state_ = State::size_first;
  std::uint64_t left_ = 0;  // bytes of data in this chunk still to come
  int digits_ = 0;
  std::uint32_t skipped_ = 0;  // bytes of extensions and trailers, bounded
};

}  // namespace sluice::http
