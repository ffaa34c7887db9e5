#pragma once
// Tokens of one call, as the provider counted them.
#include <cstdint>

namespace sluice {

struct Usage {
  std::int64_t prompt_tokens = 0;  // all input, cached and written to a cache included
  std::int64_t completion_tokens = 0;
  std::int64_t total_tokens = 0;
  std::int64_t cached_tokens = 0;       // input read from the provider's prompt cache
  std::int64_t cache_write_tokens = 0;  // input written to the provider's prompt cache (Anthropic)
  std::int64_t reasoning_tokens = 0;
  bool known = false;  // false: the provider said nothing
};

}  // namespace sluice
