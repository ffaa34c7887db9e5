#pragma once
// What a model costs and holds. US dollars per token; context sizes in tokens; 0 = unknown.
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

struct Price {
  double input = 0;        // per prompt token
  double output = 0;       // per completion token
  double cache_read = 0;   // per cached prompt token; 0 = as `input`
  double cache_write = 0;  // per prompt token written to the cache; 0 = as `input`
  double reasoning = 0;    // per reasoning token; 0 = as `output`
  double input_above_128k = 0, output_above_128k = 0;  // 0 = no tier
  double input_above_200k = 0, output_above_200k = 0;
  bool known = false;
};

}  // namespace sluice
