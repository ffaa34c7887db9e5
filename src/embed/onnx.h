#pragma once
// Reads the weights of a BERT out of an ONNX file (a protobuf message, onnx.proto). PyTorch's
// exporter keeps the names of all parameters but the matrices of linear layers, which get numbers:
// those are found by the bias that is added to their product.
#include <string_view>

#include "embed/tensor.h"

namespace sluice::embed {

// The floating-point initialisers of `file`, which outlives them. Error: not the format, or values
// kept in other files; any bytes are safe.
Result<Tensors> read_onnx(std::string_view file);

}  // namespace sluice::embed
