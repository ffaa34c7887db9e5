#include "embed/bert_weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::embed {

namespace {

Failure wrong_shape(const std::string& name) {
  return fail(
      client_error("the weights: " + name + " does not have the shape that it has in a BERT"));
}

Failure missing(const std::string& name) {
  return fail(client_error("the weights lack " + name +
                           "; Sluice converts BERT models in fp32, fp16 or bf16"));
}

bool all_finite(const std::vector<float>& values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

Failure not_finite() {
  return fail(client_error("the weights hold a value that is no finite number"));
}

std::uint32_t as_size(std::size_t size) {
  return static_cast<std::uint32_t>(
      std::min<std::size_t>(size, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

std::string layer_parameter(std::uint32_t layer, std::string_view rest) {
  return ("encoder.layer." + std::to_string(layer) + ".").append(rest);
}

Result<BertWeights::Size> BertWeights::size_of(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return missing(name);
  const auto& dims = found->second.dims;
  if (dims.size() != 2) return wrong_shape(name);
  const bool swapped = found->second.transposed;
  return Size{dims[swapped ? 1 : 0], dims[swapped ? 0 : 1]};
}

Status BertWeights::read_sizes(Shape& shape) const {
  TRY(const Size words, size_of("embeddings.word_embeddings.weight"));
  TRY(const Size positions, size_of("embeddings.position_embeddings.weight"));
  TRY(const Size up, size_of(layer_parameter(0, "intermediate.dense.weight")));
  shape.vocabulary = as_size(words.rows);
  shape.hidden = as_size(words.columns);
  shape.positions = as_size(positions.rows);
  shape.intermediate = as_size(up.rows);
  while (tensors_.contains(layer_parameter(shape.layers, "output.dense.weight"))) shape.layers++;
  return Done{};
}

Result<const Tensor*> BertWeights::matrix(const std::string& name, Size size) const {
  TRY(const Size found, size_of(name));
  if (found.rows != size.rows || found.columns != size.columns) return wrong_shape(name);
  return &tensors_.find(name)->second;
}

Result<std::vector<float>> BertWeights::row(const Tensor& matrix, std::size_t index) {
  const std::size_t stored_columns = matrix.dims[1];
  std::vector<float> values(matrix.transposed ? matrix.dims[0] : stored_columns);
  for (std::size_t i = 0; i < values.size(); i++)
    values[i] =
        matrix.at(matrix.transposed ? i * stored_columns + index : index * stored_columns + i);
  if (!all_finite(values)) return not_finite();
  return values;
}

Result<std::vector<float>> BertWeights::vector(const std::string& name, std::size_t size) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return missing(name);
  if (found->second.count() != size) return wrong_shape(name);
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; i++) values[i] = found->second.at(i);
  if (!all_finite(values)) return not_finite();
  return values;
}

}  // namespace sluice::embed
