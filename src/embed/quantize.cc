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

void pack_output(std::span<const float> weights, float factor, int output, const MatrixRoom& room) {
  const auto group = static_cast<std::size_t>(group_of(room.inputs));
  const auto groups = static_cast<std::size_t>(groups_of(room.inputs));
  const auto panel = static_cast<std::size_t>(output / panel_columns);
  const auto column = static_cast<std::size_t>(output % panel_columns);
  std::vector<std::int8_t> values(group);
  for (std::size_t g = 0; g * group < weights.size(); g++) {
    const std::size_t first = g * group, count = std::min(group, weights.size() - first);
    const std::size_t place = (panel * groups + g) * panel_columns + column;
    room.scales[place] = quantize_row(weights.subspan(first, count), values) * factor;
    for (std::size_t i = 0; i < count; i++) {
      const std::size_t input = first + i;
      const std::size_t quad = panel * groups * group / packed_inputs + input / packed_inputs;
      room.values[(quad * panel_columns + column) * packed_inputs + input % packed_inputs] =
          values[i];
      room.sums[place] += static_cast<float>(values[i]);
    }
  }
}

}  // namespace sluice::embed
