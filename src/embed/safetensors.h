#pragma once
// Reads the safetensors format: u64 length, that many bytes of a JSON object
// {name: {"dtype": "F16", "shape": [384], "data_offsets": [0, 768]}, "__metadata__": {…}}, and the
// data, to which the offsets refer.
#include <string_view>

#include "embed/tensor.h"

namespace sluice::embed {

// The floating-point tensors of `file`, which outlives them. A leading "bert." or "model." of names
// is left out. Error: not the format, or offsets that do not fit; any bytes are safe.
Result<Tensors> read_safetensors(std::string_view file);

}  // namespace sluice::embed
