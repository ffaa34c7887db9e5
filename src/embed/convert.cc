#include "embed/convert.h"

#include <cmath>
#include <cstring>
#include <numeric>

#include "embed/bert_weights.h"
#include "embed/json_reader.h"
#include "embed/onnx.h"
#include "embed/quantize.h"
#include "embed/safetensors.h"
#include "embed/tokenizer_json.h"

namespace sluice::embed {

namespace {

// What the weights themselves do not tell.
Status read_config(std::string_view json, Shape& shape) {
  TRY(const JsonReader config, JsonReader::parse(json, "config.json"));
  struct Only {
    std::string_view key, value;
  };
  for (const auto& [key, value] : {Only{"model_type", "bert"}, Only{"hidden_act", "gelu"},
                                   Only{"position_embedding_type", "absolute"}}) {
    if (config.find(key) == nullptr) continue;
    TRY(const std::string found, config.text(key));
    if (found != value)
      return config.wrong(key, "\"" + std::string(value) + "\", not \"" + found + "\"");
  }
  TRY(shape.heads, config.count("num_attention_heads"));
  if (const JsonField* epsilon = config.find("layer_norm_eps")) {
    const auto value = json_number(epsilon->value);
    if (!value) return config.wrong("layer_norm_eps", "a number");
    shape.norm_epsilon = static_cast<float>(*value);
  }
  return Done{};
}

Status add_tokenizer(TokenizerFile& tokenizer, Shape& shape) {
  if (tokenizer.pieces.size() > shape.vocabulary)
    return fail(client_error("tokenizer.json has " + std::to_string(tokenizer.pieces.size()) +
                             " pieces, the weights " + std::to_string(shape.vocabulary)));
  tokenizer.pieces.resize(shape.vocabulary);  // some tables are longer, for alignment
  const auto& rules = tokenizer.rules;
  shape.lower_case = rules.normalization.lower_case;
  shape.strip_accents = rules.normalization.strip_accents;
  shape.clean_text = rules.normalization.clean_text;
  shape.split_ideographs = rules.normalization.split_ideographs;
  shape.most_characters = rules.most_characters;
  shape.cls = tokenizer.cls;
  shape.sep = tokenizer.sep;
  shape.unknown = rules.unknown;
  shape.written_out = static_cast<std::uint32_t>(rules.written_out.size());
  shape.vocabulary_bytes = static_cast<std::uint32_t>(std::accumulate(
      tokenizer.pieces.begin(), tokenizer.pieces.end(), std::size_t{0},
      [](std::size_t sum, const std::string& piece) { return sum + piece.size(); }));
  return Done{};
}

// Fills the parts of a file whose shape is known.
class Writer {
 public:
  Writer(const Shape& shape, const BertWeights& weights)
      : shape_(shape),
        weights_(weights),
        layout_(layout_of(shape)),
        row_(static_cast<std::size_t>(padded(static_cast<int>(shape.hidden)))),
        file_(layout_.size, '\0') {}

  void put_tokenizer(const TokenizerFile& tokenizer) {
    std::uint32_t offset = 0;
    for (std::size_t id = 0; id < tokenizer.pieces.size(); id++) {
      const std::string& piece = tokenizer.pieces[id];
      piece.copy(file_.data() + layout_.pieces + offset, piece.size());
      at<std::uint32_t>(layout_.offsets)[id + 1] = offset +=
          static_cast<std::uint32_t>(piece.size());
    }
    std::ranges::copy(tokenizer.rules.written_out, at<std::uint32_t>(layout_.written_out));
  }

  Status put_embeddings() {
    TRY(const Tensor* words,
        weights_.matrix("embeddings.word_embeddings.weight", {shape_.vocabulary, shape_.hidden}));
    for (std::size_t id = 0; id < shape_.vocabulary; id++) {
      TRY(const std::vector<float> values, BertWeights::row(*words, id));
      at<float>(layout_.scales)[id] =
          quantize_row(values, {at<std::int8_t>(layout_.embeddings) + id * row_, values.size()});
    }
    return put_positions();
  }

  Status put_layer(std::uint32_t index) {
    const LayerLayout& layer = layout_.layers[index];
    const std::size_t hidden = shape_.hidden, wide = shape_.intermediate;
    const float query_scale =
        1 / std::sqrt(static_cast<float>(shape_.hidden) / static_cast<float>(shape_.heads));
    const std::string self = layer_parameter(index, "attention.self.");
    const std::string attention = layer_parameter(index, "attention.output.");
    const std::string output = layer_parameter(index, "output.");
    for (const auto& linear : {
             Linear{self + "query", hidden, hidden, layer.qkv, 0, query_scale},
             Linear{self + "key", hidden, hidden, layer.qkv, hidden},
             Linear{self + "value", hidden, hidden, layer.qkv, 2 * hidden},
             Linear{attention + "dense", hidden, hidden, layer.output},
             Linear{layer_parameter(index, "intermediate.dense"), hidden, wide, layer.up},
             Linear{output + "dense", wide, hidden, layer.down},
         }) {
      TRY([[maybe_unused]] const Done put, put_linear(linear));
    }
    TRY([[maybe_unused]] const Done put, put_norm(attention, layer.after_attention));
    return put_norm(output, layer.after_down);
  }

  std::string finish() && {
    seal(file_, shape_);
    return std::move(file_);
  }

 private:
  struct Linear {
    std::string name;
    std::size_t inputs, outputs;
    const MatrixLayout& place;
    std::size_t first = 0;  // output within the matrix
    float factor = 1;       // of all outputs
  };

  template <class T>
  T* at(std::size_t offset) {
    return reinterpret_cast<T*>(file_.data() + offset);
  }

  Status put_positions() {
    TRY(const Tensor* positions, weights_.matrix("embeddings.position_embeddings.weight",
                                                 {shape_.positions, shape_.hidden}));
    TRY(const Tensor* types,
        weights_.matrix("embeddings.token_type_embeddings.weight", {type_count, shape_.hidden}));
    TRY(const std::vector<float> type, BertWeights::row(*types, 0));
    for (std::size_t i = 0; i < shape_.positions; i++) {
      TRY(const std::vector<float> values, BertWeights::row(*positions, i));
      float* to = at<float>(layout_.positions) + i * row_;
      for (std::size_t d = 0; d < values.size(); d++) to[d] = values[d] + type[d];
    }
    return put_norm("embeddings.", layout_.norm);
  }

  Status put_norm(const std::string& parent, const NormLayout& place) {
    TRY(const auto scale, weights_.vector(parent + "LayerNorm.weight", shape_.hidden));
    TRY(const auto shift, weights_.vector(parent + "LayerNorm.bias", shape_.hidden));
    std::ranges::copy(scale, at<float>(place.scale));
    std::ranges::copy(shift, at<float>(place.shift));
    return Done{};
  }

  Status put_linear(const Linear& linear) {
    TRY(const Tensor* matrix,
        weights_.matrix(linear.name + ".weight", {linear.outputs, linear.inputs}));
    TRY(const auto bias, weights_.vector(linear.name + ".bias", linear.outputs));
    const MatrixLayout& place = linear.place;
    const auto width = static_cast<std::size_t>(place.outputs);
    const std::size_t scales = width * static_cast<std::size_t>(groups_of(place.inputs));
    const MatrixRoom room{
        .inputs = place.inputs,
        .outputs = place.outputs,
        .values = {at<std::int8_t>(place.values), width * static_cast<std::size_t>(place.inputs)},
        .scales = {at<float>(place.scales), scales},
        .sums = {at<float>(place.sums), scales}};
    for (std::size_t i = 0; i < linear.outputs; i++) {
      TRY(const std::vector<float> weights, BertWeights::row(*matrix, i));
      const std::size_t output = linear.first + i;
      pack_output(weights, linear.factor, static_cast<int>(output), room);
      at<float>(place.bias)[output] = bias[i] * linear.factor;
    }
    return Done{};
  }

  static constexpr std::size_t type_count = 2;  // BERT's sentence A and B

  const Shape& shape_;
  const BertWeights& weights_;
  const FileLayout layout_;
  const std::size_t row_;  // columns of a padded row
  std::string file_;
};

Result<Tensors> read_weights(const PublishedModel& model) {
  return model.format == WeightsFormat::onnx ? read_onnx(model.weights)
                                             : read_safetensors(model.weights);
}

}  // namespace

Result<std::string> convert(const PublishedModel& model, const ConversionProgress& progress) {
  TRY(Tensors tensors, read_weights(model));
  const BertWeights weights(std::move(tensors));
  TRY(TokenizerFile tokenizer, read_tokenizer(model.tokenizer));
  Shape shape;
  TRY([[maybe_unused]] const Done config, read_config(model.config, shape));
  TRY([[maybe_unused]] const Done sizes, weights.read_sizes(shape));
  TRY([[maybe_unused]] const Done added, add_tokenizer(tokenizer, shape));
  shape.max_tokens = model.max_tokens == 0 ? shape.positions : model.max_tokens;
  shape.pooling = model.pooling;
  if (const std::string problem = shape_problem(shape); !problem.empty())
    return fail(client_error("this model cannot be computed: " + problem));
  Writer writer(shape, weights);
  writer.put_tokenizer(tokenizer);
  TRY([[maybe_unused]] const Done embeddings, writer.put_embeddings());
  for (std::uint32_t i = 0; i < shape.layers; i++) {
    TRY([[maybe_unused]] const Done layer, writer.put_layer(i));
    if (progress) progress(i + 1, shape.layers);
  }
  return std::move(writer).finish();
}

}  // namespace sluice::embed
