#pragma once
// A published BERT (weights, tokenizer.json, config.json) → the bytes of a model file: matrices in
// eight bits with a scale for each output and group of inputs, token embeddings in eight bits with
// one scale for each token, all else in float. The same input gives the same bytes.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/model_file.h"

namespace sluice::embed {

enum class WeightsFormat { safetensors, onnx };

struct PublishedModel {
  std::string_view weights;
  WeightsFormat format = WeightsFormat::safetensors;
  std::string_view tokenizer;  // tokenizer.json
  std::string_view config;     // config.json
  Pooling pooling = Pooling::mean;
  // Of a text, with [CLS] and [SEP]; 0 = as many as the model has positions.
  std::uint32_t max_tokens = 0;
};

// Called after each layer.
using ConversionProgress = std::function<void(std::uint32_t done, std::uint32_t layers)>;

// Error: names what is missing or of another kind than Sluice computes. Any bytes are safe.
Result<std::string> convert(const PublishedModel& model, const ConversionProgress& progress = {});

}  // namespace sluice::embed
