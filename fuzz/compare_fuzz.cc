// Any two texts as questions. The comparison gives the same verdict when they change places, takes
// a text with words for itself, and never reads beyond either.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "input.h"
#include "semantic/compare.h"
#include "semantic/question.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sluice::semantic;
  using sluice::fuzz::check;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t middle = input.find('\0');
  const std::string_view a = input.substr(0, middle);
  const std::string_view b = middle == input.npos ? a : input.substr(middle + 1);
  const Comparison there = compare(a, b, 0.93, {}), back = compare(b, a, 0.93, {});
  check(there.same == back.same && there.score == back.score);
  check(there.score >= 0 && there.score <= 1);
  const Comparison itself = compare(a, a, 1, {});
  check(itself.same || std::string_view(itself.reason) == "too long to compare");
  check(describe(a, b, 0.5).starts_with("similarity "));
  judge_question(a, Turn::later);
  return 0;
}
