#include "embed/forward.h"

#include <algorithm>
#include <cmath>

// As in the kernels: the same bits on all machines.
#pragma clang fp contract(off)

namespace sluice::embed {

namespace {

struct Pass {
  const ModelFile& model;
  const Kernel& kernel;
  Workspace& work;
  int rows;
  int hidden;  // without padding

  float* row(int index) const {
    return work.x.data() + static_cast<std::ptrdiff_t>(index) * padded(hidden);
  }
};

void embed_tokens(const Pass& pass, std::span<const std::uint32_t> ids) {
  for (int i = 0; i < pass.rows; i++) {
    const std::uint32_t id = ids[static_cast<std::size_t>(i)];
    const std::int8_t* values = pass.model.embedding(id);
    const float scale = pass.model.embedding_scale(id);
    const float* position = pass.model.position(i);
    float* to = pass.row(i);
    for (int d = 0; d < padded(pass.hidden); d++)
      to[d] = static_cast<float>(values[d]) * scale + position[d];
  }
  pass.kernel.add_and_normalize(pass.work.x.data(), nullptr, pass.rows, pass.hidden,
                                pass.model.norm());
}

// out = activation(from · matrix + bias)
void multiply(const Pass& pass, const float* from, const PackedMatrix& matrix,
              Activation activation, float* out) {
  pass.kernel.quantize(from, pass.rows, matrix.inputs, pass.work.quantized);
  pass.kernel.multiply(pass.work.quantized, pass.rows, matrix, activation, out);
}

void run_layer(const Pass& pass, const ModelFile::Layer& layer) {
  const Workspace& work = pass.work;
  const Shape& shape = pass.model.shape();
  const Attention attention{.rows = pass.rows,
                            .heads = static_cast<int>(shape.heads),
                            .head_size = pass.hidden / static_cast<int>(shape.heads),
                            .stride = layer.qkv.outputs,
                            .out_stride = padded(pass.hidden)};
  multiply(pass, work.x.data(), layer.qkv, Activation::none, work.qkv.data());
  pass.kernel.attend(work.qkv.data(), attention, work.scratch.data(), work.mixed.data());
  // `wide` is free until the feed-forward part.
  multiply(pass, work.mixed.data(), layer.output, Activation::none, work.wide.data());
  pass.kernel.add_and_normalize(work.x.data(), work.wide.data(), pass.rows, pass.hidden,
                                layer.after_attention);
  multiply(pass, work.x.data(), layer.up, Activation::gelu, work.wide.data());
  multiply(pass, work.wide.data(), layer.down, Activation::none, work.qkv.data());
  pass.kernel.add_and_normalize(work.x.data(), work.qkv.data(), pass.rows, pass.hidden,
                                layer.after_down);
}

void pool(const Pass& pass, std::span<float> out) {
  const int pooled = pass.model.shape().pooling == Pooling::cls ? 1 : pass.rows;
  std::ranges::fill(out, 0.0f);
  for (int i = 0; i < pooled; i++)
    for (std::size_t d = 0; d < out.size(); d++) out[d] += pass.row(i)[d];
  double squares = 0;
  for (const float value : out) squares += static_cast<double>(value) * value;
  // A model of zeros alone has no direction; then the vector is 0.
  const float shrink = squares > 0 ? static_cast<float>(1 / std::sqrt(squares)) : 0;
  for (float& value : out) value *= shrink;
}

}  // namespace

void Workspace::fit(const Shape& shape, int rows) {
  const int width = padded(static_cast<int>(shape.hidden));
  const int wide_width = padded(static_cast<int>(shape.intermediate));
  const int qkv_width = padded(3 * static_cast<int>(shape.hidden));
  const auto count = static_cast<std::size_t>(rows);
  const auto each = [&](int columns) { return count * static_cast<std::size_t>(columns); };
  const std::size_t scratch_size =
      attention_scratch({.rows = rows, .head_size = static_cast<int>(shape.hidden / shape.heads)});
  const std::size_t widest = each(std::max({width, wide_width, qkv_width}));
  const std::size_t groups =
      count * static_cast<std::size_t>(std::max(groups_of(width), groups_of(wide_width)));
  const std::size_t total = each(2 * width + qkv_width) + widest + scratch_size + 2 * groups;
  if (floats_.size() < total) floats_.resize(total);
  if (bytes_.size() < widest) bytes_.resize(widest);
  std::span<float> rest = floats_;
  const auto take = [&rest](std::size_t size) {
    const std::span<float> part = rest.first(size);
    rest = rest.subspan(size);
    return part;
  };
  x = take(each(width));
  mixed = take(each(width));
  // Attention leaves the padding alone, and what multiplies it must be a number.
  std::ranges::fill(mixed, 0.0f);
  qkv = take(each(qkv_width));
  wide = take(widest);
  scratch = take(scratch_size);
  float* scales = take(groups).data();
  quantized = {bytes_.data(), scales, take(groups).data()};
}

void forward(const ModelFile& model, const Kernel& kernel, std::span<const std::uint32_t> ids,
             Workspace& workspace, std::span<float> out) {
  const Shape& shape = model.shape();
  const Pass pass{model, kernel, workspace, static_cast<int>(ids.size()),
                  static_cast<int>(shape.hidden)};
  workspace.fit(shape, pass.rows);
  embed_tokens(pass, ids);
  for (std::uint32_t i = 0; i < shape.layers; i++) run_layer(pass, model.layer(i));
  pool(pass, out);
}

}  // namespace sluice::embed
