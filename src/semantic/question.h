#pragma once
// Whether the last message of a user may be matched by meaning at all. Holds for every encoder.
#include <cstdint>
#include <string_view>

namespace sluice::semantic {

struct Eligibility {
  bool matchable;       // may be looked up by meaning, and its answer stored for that
  bool time_sensitive;  // matchable, but its answer must not live longer than minutes
  const char* reason;   // static text; empty when there is nothing to say
};

// Where the message stands: nothing was said before a first one, so that it cannot lean on it.
enum class Turn : std::uint8_t { first, later };

// Questions of more than max_tokens words (analysis.h) are about their own text. What an encoder
// takes may be less: that is its own business.
Eligibility judge_question(std::string_view last_user_text, Turn turn = Turn::first);

}  // namespace sluice::semantic
