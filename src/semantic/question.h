#pragma once
// Whether the last message of a user may be matched by meaning at all. Holds for every encoder.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::semantic {

struct Eligibility {
  bool matchable;       // may be looked up by meaning, and its answer stored for that
  bool time_sensitive;  // matchable, but its answer must not live longer than minutes
  const char* reason;   // static text; empty when there is nothing to say
};

// Longer questions are about their own text; the encoder was not made for them either.
constexpr std::size_t max_question_tokens = 256;

// Where the message stands: nothing was said before a first one, so that it cannot lean on it.
enum class Turn : std::uint8_t { first, later };

// `encoder_tokens` is the length as the encoder counts it; 0 when it is not known, and then words
// are counted.
Eligibility judge_question(std::string_view last_user_text, Turn turn = Turn::first,
                           std::size_t encoder_tokens = 0);

}  // namespace sluice::semantic
