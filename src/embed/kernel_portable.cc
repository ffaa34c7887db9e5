// Plain C++, for processors without a kernel of their own, and the one that tests compare with.

#include "embed/kernels.h"

namespace sluice::embed {

namespace portable {
namespace {

constexpr int most_rows = 1;
constexpr int input_offset = 0;

// Two columns at once, in vectors that any compiler target has.
constexpr int two_columns = 2 * packed_inputs;
using Weights = std::int8_t __attribute__((vector_size(two_columns)));
using Inputs = std::int16_t __attribute__((vector_size(2 * two_columns)));
using Sums = std::int32_t __attribute__((vector_size(4 * two_columns)));

// The sums of 8 columns, of which `panel` is the first one's place: few enough for the registers.
void accumulate_eight(const std::uint8_t* x, const std::int8_t* panel, int inputs,
                      std::int32_t* sums) {
  constexpr int vectors = 4;
  Sums products[vectors] = {};
  for (int input = 0; input < inputs; input += packed_inputs, x += packed_inputs) {
    const auto at = [x](int i) { return static_cast<std::int16_t>(x[i]); };
    const Inputs values = {at(0), at(1), at(2), at(3), at(0), at(1), at(2), at(3)};
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      Weights weights;
      __builtin_memcpy(&weights, panel + v * two_columns, sizeof weights);
      const Inputs wide = __builtin_convertvector(weights, Inputs);
      products[v] += __builtin_convertvector(wide, Sums) * __builtin_convertvector(values, Sums);
    }
    panel += panel_columns * packed_inputs;
  }
  for (int v = 0; v < vectors; v++)
    for (int i = 0; i < two_columns; i += packed_inputs)
      *sums++ = products[v][i] + products[v][i + 1] + products[v][i + 2] + products[v][i + 3];
}

void accumulate(const std::uint8_t* x, int, const std::int8_t* panel, int inputs,
                std::int32_t* sums) {
  constexpr int columns = 8;
  for (int column = 0; column < panel_columns; column += columns)
    accumulate_eight(x, panel + column * packed_inputs, inputs, sums + column);
}

#include "embed/kernel_body.inc"

}  // namespace
}  // namespace portable

const Kernel portable_kernel = {
    .level = CpuLevel::portable,
    .quantize = portable::quantize,
    .multiply = portable::multiply,
    .add_and_normalize = portable::add_and_normalize,
    .attend = portable::attend,
};

}  // namespace sluice::embed
