#include "embed/quantize.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sluice::embed {

float quantize_row(std::span<const float> row, std::span<std::int8_t> out) {
  constexpr float steps = 127;
  float most = 0;
  for (const float value : row) most = std::max(most, std::fabs(value));
  const float step = most > 0 ? most / steps : 1;
  for (std::size_t i = 0; i < row.size(); i++)
    out[i] = static_cast<std::int8_t>(std::clamp(std::nearbyint(row[i] / step), -steps, steps));
  return step;
}

void pack_output(std::span<const float> weights, int output, const MatrixRoom& room) {
  std::vector<std::int8_t> row(weights.size());
  room.scales[static_cast<std::size_t>(output)] = quantize_row(weights, row);
  const std::ptrdiff_t panel = output / panel_columns, column = output % panel_columns;
  std::int32_t sum = 0;
  for (int i = 0; i < static_cast<int>(row.size()); i++) {
    const std::ptrdiff_t quad = panel * (room.inputs / packed_inputs) + i / packed_inputs;
    const std::ptrdiff_t place =
        (quad * panel_columns + column) * packed_inputs + i % packed_inputs;
    room.values[static_cast<std::size_t>(place)] = row[static_cast<std::size_t>(i)];
    sum += row[static_cast<std::size_t>(i)];
  }
  room.sums[static_cast<std::size_t>(output)] = sum;
}

}  // namespace sluice::embed
