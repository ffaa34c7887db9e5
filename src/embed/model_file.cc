#include "embed/model_file.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/digest.h"

namespace sluice::embed {

static_assert(std::endian::native == std::endian::little, "model files are little-endian");

namespace {

constexpr std::string_view magic = "SLUICEMO";
constexpr std::uint32_t format_version = 2;

struct Head {
  std::array<char, 8> magic = {};
  std::uint32_t version = 0, zero = 0;
  std::uint64_t size = 0;
  std::array<char, 32> checksum = {};
  std::uint64_t reserved = 0;
};
static_assert(sizeof(Head) == head_bytes);

// Hands out places one after the other.
class Allotter {
 public:
  explicit Allotter(std::size_t begin) : next_(begin) {}

  std::size_t take(std::size_t count, std::size_t bytes_each) {
    constexpr std::size_t alignment = 64;
    const std::size_t at = next_;
    next_ = (at + count * bytes_each + alignment - 1) / alignment * alignment;
    return at;
  }
  NormLayout take_norm(std::size_t width) {
    const std::size_t scale = take(width, 4);
    return {scale, take(width, 4)};
  }
  MatrixLayout take_matrix(int inputs, int outputs) {
    MatrixLayout matrix{.inputs = inputs, .outputs = outputs};
    const auto width = static_cast<std::size_t>(outputs);
    matrix.values = take(width * static_cast<std::size_t>(inputs), 1);
    const std::size_t scales = width * static_cast<std::size_t>(groups_of(inputs));
    matrix.scales = take(scales, 4);
    matrix.sums = take(scales, 4);
    matrix.bias = take(width, 4);
    return matrix;
  }
  std::size_t end() const { return next_; }

 private:
  std::size_t next_;
};

struct Limit {
  const char* name;
  std::uint32_t Shape::* member;
  std::uint32_t least, most;
};
// Twice what the largest BERT has, so that no product overflows and no file asks for the moon.
constexpr auto limits = std::to_array<Limit>({
    {"layers", &Shape::layers, 1, 64},
    {"hidden size", &Shape::hidden, 4, 4096},
    {"attention heads", &Shape::heads, 1, 256},
    {"intermediate size", &Shape::intermediate, 4, 16384},
    {"vocabulary", &Shape::vocabulary, 3, 1'000'000},
    {"bytes of the vocabulary", &Shape::vocabulary_bytes, 3, 64'000'000},
    {"special tokens", &Shape::written_out, 0, 10'000},
    {"positions", &Shape::positions, 3, 16384},
    {"tokens of a text", &Shape::max_tokens, 3, 16384},
    {"characters of a word", &Shape::most_characters, 1, 100'000},
});

Failure refuse(const std::string& path, std::string_view problem) {
  return fail(gateway_error(path + ": " + std::string(problem)));
}

}  // namespace

std::string shape_problem(const Shape& shape) {
  for (const Limit& limit : limits) {
    const std::uint32_t value = shape.*limit.member;
    if (value < limit.least || value > limit.most)
      return std::string(limit.name) + " must be " + std::to_string(limit.least) + " to " +
             std::to_string(limit.most) + ", not " + std::to_string(value);
  }
  if (shape.hidden % shape.heads != 0) return "the heads do not divide the hidden size";
  if (shape.max_tokens > shape.positions) return "more tokens of a text than positions";
  if (std::max({shape.cls, shape.sep, shape.unknown}) >= shape.vocabulary)
    return "a special token is beyond the vocabulary";
  if (shape.pooling != Pooling::mean && shape.pooling != Pooling::cls) return "unknown pooling";
  if (!(shape.norm_epsilon > 0 && shape.norm_epsilon < 1))
    return "the epsilon of layer normalisation must be between 0 and 1";
  return "";
}

FileLayout layout_of(const Shape& shape) {
  const int width = padded(static_cast<int>(shape.hidden));
  const int wide = padded(static_cast<int>(shape.intermediate));
  const auto row = static_cast<std::size_t>(width);
  Allotter allot(head_bytes + sizeof(Shape));
  FileLayout layout;
  layout.offsets = allot.take(shape.vocabulary + 1, 4);
  layout.pieces = allot.take(shape.vocabulary_bytes, 1);
  layout.written_out = allot.take(shape.written_out, 4);
  layout.scales = allot.take(shape.vocabulary, 4);
  layout.embeddings = allot.take(shape.vocabulary * row, 1);
  layout.positions = allot.take(shape.positions * row, 4);
  layout.norm = allot.take_norm(row);
  for (std::uint32_t i = 0; i < shape.layers; i++) {
    LayerLayout& layer = layout.layers.emplace_back();
    layer.qkv = allot.take_matrix(width, padded(3 * static_cast<int>(shape.hidden)));
    layer.output = allot.take_matrix(width, width);
    layer.up = allot.take_matrix(width, wide);
    layer.down = allot.take_matrix(wide, width);
    layer.after_attention = allot.take_norm(row);
    layer.after_down = allot.take_norm(row);
  }
  layout.size = allot.end();
  return layout;
}

void seal(std::span<char> file, const Shape& shape) {
  std::memcpy(file.data() + head_bytes, &shape, sizeof shape);
  Head head{.version = format_version, .size = file.size()};
  std::ranges::copy(magic, head.magic.begin());
  std::ranges::copy(sha256({file.data() + head_bytes, file.size() - head_bytes}),
                    head.checksum.begin());
  std::memcpy(file.data(), &head, sizeof head);
}

Result<ModelFile> ModelFile::open(const std::string& path) {
  ModelFile model;
  TRY(model.file_, MappedFile::open(path));
  const std::string_view bytes = model.file_.bytes();
  Head head;
  if (bytes.size() < head_bytes + sizeof(Shape)) return refuse(path, "is no model of Sluice");
  std::memcpy(&head, bytes.data(), sizeof head);
  if (!std::ranges::equal(head.magic, magic)) return refuse(path, "is no model of Sluice");
  if (head.version != format_version)
    return refuse(path, "is of version " + std::to_string(head.version) + ", this program reads " +
                            std::to_string(format_version));
  if (head.size != bytes.size())
    return refuse(path, "has " + std::to_string(bytes.size()) + " of " + std::to_string(head.size) +
                            " bytes");
  const std::string_view checksum(head.checksum.data(), head.checksum.size());
  if (sha256(bytes.substr(head_bytes)) != checksum)
    return refuse(path, "does not match its checksum");
  std::memcpy(&model.shape_, bytes.data() + head_bytes, sizeof(Shape));
  if (const std::string problem = shape_problem(model.shape_); !problem.empty())
    return refuse(path, problem);
  model.layout_ = layout_of(model.shape_);
  if (model.layout_.size != bytes.size())
    return refuse(path, "does not have the size of its parts");
  if (const std::string problem = model.content_problem(); !problem.empty())
    return refuse(path, problem);
  model.digest_ = hex(checksum).substr(0, 16);
  return model;
}

// What is used as an index.
std::string ModelFile::content_problem() const {
  const auto offsets = piece_offsets();
  if (offsets.front() != 0 || !std::ranges::is_sorted(offsets) ||
      offsets.back() != shape_.vocabulary_bytes)
    return "the vocabulary's offsets are wrong";
  for (const std::uint32_t id : written_out())
    if (id >= shape_.vocabulary) return "a special token is beyond the vocabulary";
  return "";
}

std::span<const std::uint32_t> ModelFile::piece_offsets() const {
  return {at<std::uint32_t>(layout_.offsets), shape_.vocabulary + std::size_t{1}};
}

std::string_view ModelFile::pieces() const {
  return {at<char>(layout_.pieces), shape_.vocabulary_bytes};
}

std::span<const std::uint32_t> ModelFile::written_out() const {
  return {at<std::uint32_t>(layout_.written_out), shape_.written_out};
}

float ModelFile::embedding_scale(std::uint32_t id) const { return at<float>(layout_.scales)[id]; }

const std::int8_t* ModelFile::embedding(std::uint32_t id) const {
  return at<std::int8_t>(layout_.embeddings) +
         id * static_cast<std::size_t>(padded(static_cast<int>(shape_.hidden)));
}

const float* ModelFile::position(int position) const {
  return at<float>(layout_.positions) +
         static_cast<std::ptrdiff_t>(position) * padded(static_cast<int>(shape_.hidden));
}

PackedMatrix ModelFile::matrix_at(const MatrixLayout& place) const {
  return {.inputs = place.inputs,
          .outputs = place.outputs,
          .values = at<std::int8_t>(place.values),
          .scales = at<float>(place.scales),
          .sums = at<float>(place.sums),
          .bias = at<float>(place.bias)};
}

Norm ModelFile::norm_at(const NormLayout& place) const {
  return {at<float>(place.scale), at<float>(place.shift), shape_.norm_epsilon};
}

ModelFile::Layer ModelFile::layer(std::uint32_t index) const {
  const LayerLayout& place = layout_.layers[index];
  return {.qkv = matrix_at(place.qkv),
          .output = matrix_at(place.output),
          .up = matrix_at(place.up),
          .down = matrix_at(place.down),
          .after_attention = norm_at(place.after_attention),
          .after_down = norm_at(place.after_down)};
}

}  // namespace sluice::embed
