// Plain C++, for processors without a kernel of their own, and the one that tests compare with.

#include "embed/kernels.h"

namespace sluice::embed {

namespace portable {
namespace {

constexpr int most_rows = 4;
constexpr int input_offset = 0;

void accumulate(const std::uint8_t* x, int rows, const std::int8_t* panel, int inputs,
                std::int32_t* sums) {
  for (int i = 0; i < rows * panel_columns; i++) sums[i] = 0;
  for (int input = 0; input < inputs; input += packed_inputs, x += rows * packed_inputs) {
    for (int row = 0; row < rows; row++) {
      const std::uint8_t* four = x + row * packed_inputs;
      std::int32_t* to = sums + row * panel_columns;
      for (int column = 0; column < panel_columns; column++) {
        const std::int8_t* weights = panel + column * packed_inputs;
        to[column] += four[0] * weights[0] + four[1] * weights[1] + four[2] * weights[2] +
                      four[3] * weights[3];
      }
    }
    panel += panel_columns * packed_inputs;
  }
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
