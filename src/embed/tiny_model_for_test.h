#pragma once
// A BERT of a few thousand random weights, as safetensors and as ONNX, with its tokenizer.json and
// config.json. Its sizes are no multiples of 32, so that padding is there to be got wrong.
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "embed/convert.h"

namespace sluice::embed::testing {

inline constexpr int tiny_layers = 2, tiny_hidden = 40, tiny_heads = 4, tiny_wide = 72,
                     tiny_positions = 16;
inline const std::vector<std::string> tiny_pieces = {
    "[PAD]",  "[UNK]", "[CLS]",  "[SEP]", "the", "cat", "sat",  "on", "mat", "##s",
    "##ting", "un",    "##happ", "##y",   ".",   ",",   "cafe", "日", "a",   "##b"};

struct TinyTensor {
  std::vector<int> dims;
  std::vector<float> values;
};

class TinyModel {
 public:
  explicit TinyModel(unsigned seed = 1) : engine_(seed) {
    add("embeddings.word_embeddings.weight", {static_cast<int>(tiny_pieces.size()), tiny_hidden});
    add("embeddings.position_embeddings.weight", {tiny_positions, tiny_hidden}, 0.3f);
    add("embeddings.token_type_embeddings.weight", {2, tiny_hidden}, 0.3f);
    add_norm("embeddings.LayerNorm");
    for (int i = 0; i < tiny_layers; i++) {
      const std::string layer = "encoder.layer." + std::to_string(i) + ".";
      for (const char* part : {"query", "key", "value"})
        add_linear(layer + "attention.self." + part, tiny_hidden, tiny_hidden);
      add_linear(layer + "attention.output.dense", tiny_hidden, tiny_hidden);
      add_norm(layer + "attention.output.LayerNorm");
      add_linear(layer + "intermediate.dense", tiny_wide, tiny_hidden);
      add_linear(layer + "output.dense", tiny_hidden, tiny_wide);
      add_norm(layer + "output.LayerNorm");
    }
  }

  std::map<std::string, TinyTensor> tensors;

  std::string safetensors() const {
    std::string header = "{\"__metadata__\":{\"format\":\"pt\"}", data;
    for (const auto& [name, tensor] : tensors) {
      header += ",\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[";
      for (std::size_t i = 0; i < tensor.dims.size(); i++)
        header += (i > 0 ? "," : "") + std::to_string(tensor.dims[i]);
      header += "],\"data_offsets\":[" + std::to_string(data.size()) + ",";
      data.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * 4);
      header += std::to_string(data.size()) + "]}";
    }
    header += "}";
    const std::uint64_t length = header.size();
    std::string file(reinterpret_cast<const char*>(&length), sizeof length);
    return file + header + data;
  }

  // As PyTorch exports: matrices turned round, without their names, next to the addition of a bias.
  std::string onnx() const {
    std::string graph;
    int number = 0;
    for (const auto& [name, tensor] : tensors) {
      const bool is_linear = name.starts_with("encoder.") && tensor.dims.size() == 2;
      if (!is_linear) {
        graph += bytes_field(5, initializer(name, tensor));
        continue;
      }
      const std::string matrix = "onnx::MatMul_" + std::to_string(number);
      const std::string product = "product_" + std::to_string(number++);
      const std::string bias = name.substr(0, name.size() - 6) + "bias";
      graph += bytes_field(5, initializer(matrix, turned(tensor)));
      graph += bytes_field(1, node("MatMul", {"x", matrix}, product));
      graph += bytes_field(1, node("Add", {bias, product}, "y" + product));
    }
    return bytes_field(7, graph);
  }

  static std::string tokenizer(std::string_view normalizer = R"("lowercase":true)") {
    std::string vocabulary;
    for (std::size_t id = 0; id < tiny_pieces.size(); id++)
      vocabulary += (id > 0 ? ",\"" : "\"") + tiny_pieces[id] + "\":" + std::to_string(id);
    std::string added;
    for (int id = 0; id < 4; id++)
      added += std::string(id > 0 ? "," : "") + "{\"id\":" + std::to_string(id) +
               ",\"content\":\"" + tiny_pieces[static_cast<std::size_t>(id)] + "\"}";
    return R"({"normalizer":{"type":"BertNormalizer",)" + std::string(normalizer) +
           R"(},"pre_tokenizer":{"type":"BertPreTokenizer"},"added_tokens":[)" + added +
           R"(],"model":{"vocab":{)" + vocabulary + "}}}";
  }

  static std::string config() {
    return R"({"model_type":"bert","hidden_act":"gelu","num_attention_heads":4,"layer_norm_eps":1e-12})";
  }

 private:
  void add(const std::string& name, std::vector<int> dims, float scale = 1, float mean = 0) {
    std::size_t count = 1;
    for (const int dim : dims) count *= static_cast<std::size_t>(dim);
    TinyTensor& tensor = tensors[name];
    tensor.dims = std::move(dims);
    tensor.values.resize(count);
    std::normal_distribution<float> normal(mean, scale);
    for (float& value : tensor.values) value = normal(engine_);
  }
  void add_linear(const std::string& name, int outputs, int inputs) {
    add(name + ".weight", {outputs, inputs}, 0.2f);
    add(name + ".bias", {outputs}, 0.1f);
  }
  void add_norm(const std::string& name) {
    add(name + ".weight", {tiny_hidden}, 0.1f, 1);
    add(name + ".bias", {tiny_hidden}, 0.1f);
  }

  static TinyTensor turned(const TinyTensor& from) {
    TinyTensor to{{from.dims[1], from.dims[0]}, std::vector<float>(from.values.size())};
    const auto rows = static_cast<std::size_t>(from.dims[0]);
    const auto columns = static_cast<std::size_t>(from.dims[1]);
    for (std::size_t r = 0; r < rows; r++)
      for (std::size_t c = 0; c < columns; c++)
        to.values[c * rows + r] = from.values[r * columns + c];
    return to;
  }

  // The wire format of protobuf.
  static std::string varint(std::uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    return bytes += static_cast<char>(value);
  }
  static std::string bytes_field(std::uint32_t field, std::string_view bytes) {
    return (varint(field << 3 | 2) + varint(bytes.size())).append(bytes);
  }
  static std::string number_field(std::uint32_t field, std::uint64_t value) {
    return varint(field << 3) + varint(value);
  }
  static std::string initializer(const std::string& name, const TinyTensor& tensor) {
    std::string message;
    for (const int dim : tensor.dims) message += number_field(1, static_cast<std::uint64_t>(dim));
    message += number_field(2, 1) + bytes_field(8, name);
    return message + bytes_field(9, {reinterpret_cast<const char*>(tensor.values.data()),
                                     tensor.values.size() * 4});
  }
  static std::string node(const std::string& operation, const std::vector<std::string>& inputs,
                          const std::string& output) {
    std::string message;
    for (const std::string& input : inputs) message += bytes_field(1, input);
    return message + bytes_field(2, output) + bytes_field(4, operation);
  }

  std::mt19937 engine_;
};

}  // namespace sluice::embed::testing
