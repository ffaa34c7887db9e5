#pragma once
// The parameters of a BERT by what they are, each checked for its shape; errors name the parameter.
#include <cstdint>
#include <string>
#include <vector>

#include "embed/model_file.h"
#include "embed/tensor.h"

namespace sluice::embed {

class BertWeights {
 public:
  explicit BertWeights(Tensors tensors) : tensors_(std::move(tensors)) {}

  // Sets what the weights tell: layers, hidden, intermediate, vocabulary, positions.
  Status read_sizes(Shape& shape) const;

  struct Size {
    std::size_t rows, columns;
  };
  // A matrix whose rows are read one by one; a linear layer has a row for each output. Error: it is
  // missing or has another size.
  Result<const Tensor*> matrix(const std::string& name, Size size) const;
  // A row of such a matrix. Error: a value that is no finite number.
  static Result<std::vector<float>> row(const Tensor& matrix, std::size_t index);
  // Error: missing, another size, or a value that is no finite number.
  Result<std::vector<float>> vector(const std::string& name, std::size_t size) const;

 private:
  Result<Size> size_of(const std::string& name) const;

  Tensors tensors_;
};

// "encoder.layer.3." + rest
std::string layer_parameter(std::uint32_t layer, std::string_view rest);

}  // namespace sluice::embed
