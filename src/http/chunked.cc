#include "http/chunked.h"

#include <algorithm>

#include "http/head.h"

namespace sluice::http {

namespace {
constexpr std::uint32_t max_skipped = 16 * 1024;
constexpr int max_digits = 15;
}  // namespace

ChunkDecoder::State ChunkDecoder::framing(char c) {
  switch (state_) {
    case State::size_first:
      left_ = 0;
      digits_ = 0;
      if (hex_value(c) < 0) return State::malformed;
      [[fallthrough]];
    case State::size:
      if (const int digit = hex_value(c); digit >= 0) {
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return ++digits_ > max_digits ? State::malformed : State::size;
      }
      if (c == '\r') return State::size_lf;
      return c == ';' ? State::extension : State::malformed;
    case State::extension:
      if (c == '\r') return State::size_lf;
      if (c == '\n' || ++skipped_ > max_skipped) return State::malformed;
      return State::extension;
    case State::size_lf:
      if (c != '\n') return State::malformed;
      return left_ > 0 ? State::data : State::trailer_first;
    case State::data_cr: return c == '\r' ? State::data_lf : State::malformed;
    case State::data_lf: return c == '\n' ? State::size_first : State::malformed;
    case State::trailer_first:
      if (c == '\r') return State::end_lf;
      [[fallthrough]];
    case State::trailer_name:
      if (++skipped_ > max_skipped) return State::malformed;
      if (c == ':') return state_ == State::trailer_name ? State::trailer_value : State::malformed;
      return is_token_char(c) ? State::trailer_name : State::malformed;
    case State::trailer_value:
      if (c == '\r') return State::trailer_lf;
      return is_value_char(c) && ++skipped_ <= max_skipped ? State::trailer_value
                                                           : State::malformed;
    case State::trailer_lf: return c == '\n' ? State::trailer_first : State::malformed;
    case State::end_lf: return c == '\n' ? State::done : State::malformed;
    case State::data:
    case State::done:
    case State::malformed: break;
  }
  return state_;
}

ChunkDecoder::Step ChunkDecoder::next(std::string_view& wire, std::string_view& data) {
  for (;;) {
    if (state_ == State::done) return Step::done;
    if (state_ == State::malformed) return Step::malformed;
    if (wire.empty()) return Step::need_more;
    if (state_ == State::data) {
      data = wire.substr(0, std::min<std::uint64_t>(left_, wire.size()));
      wire.remove_prefix(data.size());
      left_ -= data.size();
      if (left_ == 0) state_ = State::data_cr;
      return Step::data;
    }
    state_ = framing(wire.front());
    wire.remove_prefix(1);
  }
}

}  // namespace sluice::http
