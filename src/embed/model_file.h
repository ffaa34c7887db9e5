#pragma once
// The file of a converted model. Numbers are little-endian; every part begins at a multiple of 64
// bytes, with zeros in between, and is used where it lies.
//
//   head (64)      magic "SLUICEMO", u32 version, u32 0, u64 size of the file,
//                  32 bytes SHA-256 of all that follows the head, 8 bytes 0
//   shape (128)    Shape, below
//   vocabulary     u32 offsets[vocabulary + 1], then the bytes of the pieces
//   written out    u32 ids[written_out]: special tokens that a text may spell
//   embeddings     f32 scales[vocabulary], s8 values[vocabulary][H]
//   positions      f32 [positions][H], with the embedding of token type 0 added
//   norm           f32 scale[H], shift[H]
//   each layer     the matrices qkv (H → 3·hidden, queries divided by √head size), output (H → H),
//                  up (H → I) and down (I → H), the norm after attention and the norm after down
//
// H and I are `hidden` and `intermediate`, padded to 32; so is the width of every matrix. A matrix
// is s8 values in the order of kernel.h, then for each output f32 scale, f32 bias, s32 sum of
// values.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/kernel.h"
#include "embed/mapped_file.h"

namespace sluice::embed {

enum class Pooling : std::uint32_t { mean = 0, cls = 1 };

struct Shape {
  std::uint32_t layers = 0, hidden = 0, heads = 0, intermediate = 0;
  std::uint32_t vocabulary = 0, vocabulary_bytes = 0, written_out = 0;
  std::uint32_t positions = 0;   // rows of the position embedding
  std::uint32_t max_tokens = 0;  // of a text, with [CLS] and [SEP]
  Pooling pooling = Pooling::mean;
  std::uint32_t lower_case = 1, strip_accents = 1, clean_text = 1, split_ideographs = 1;
  std::uint32_t most_characters = 100;  // of a word
  std::uint32_t cls = 0, sep = 0, unknown = 0;
  float norm_epsilon = 1e-12f;
  std::uint32_t reserved[13] = {};
};
static_assert(sizeof(Shape) == 128);

// Nothing when a model of that shape can be computed; else what is wrong with it.
std::string shape_problem(const Shape& shape);

// Where the parts lie. Every `std::size_t` is an offset from the beginning of the file.
struct MatrixLayout {
  int inputs = 0, outputs = 0;  // padded
  std::size_t values = 0, scales = 0, sums = 0, bias = 0;
};
struct NormLayout {
  std::size_t scale = 0, shift = 0;
};
struct LayerLayout {
  MatrixLayout qkv, output, up, down;
  NormLayout after_attention, after_down;
};
struct FileLayout {
  std::size_t offsets = 0, pieces = 0, written_out = 0, scales = 0, embeddings = 0, positions = 0;
  NormLayout norm;
  std::vector<LayerLayout> layers;
  std::size_t size = 0;  // of the file
};
// Of a shape without problem.
FileLayout layout_of(const Shape& shape);

constexpr std::size_t head_bytes = 64;
// Writes head and shape into a file's bytes (layout.size of them) whose parts are all there.
void seal(std::span<char> file, const Shape& shape);

// An open model: immutable, any thread.
class ModelFile {
 public:
  // Error: no such file, another format or version, cut or changed bytes; says what to do.
  static Result<ModelFile> open(const std::string& path);

  const Shape& shape() const { return shape_; }
  std::size_t size() const { return file_.bytes().size(); }
  // The first 16 hexadecimal digits of the checksum.
  const std::string& digest() const { return digest_; }

  std::span<const std::uint32_t> piece_offsets() const;
  std::string_view pieces() const;
  std::span<const std::uint32_t> written_out() const;
  float embedding_scale(std::uint32_t id) const;
  const std::int8_t* embedding(std::uint32_t id) const;
  const float* position(int position) const;
  Norm norm() const { return norm_at(layout_.norm); }

  struct Layer {
    PackedMatrix qkv, output, up, down;
    Norm after_attention, after_down;
  };
  Layer layer(std::uint32_t index) const;

 private:
  template <class T>
  const T* at(std::size_t offset) const {
    return reinterpret_cast<const T*>(file_.bytes().data() + offset);
  }
  PackedMatrix matrix_at(const MatrixLayout& place) const;
  Norm norm_at(const NormLayout& place) const;
  std::string content_problem() const;

  MappedFile file_;
  Shape shape_;
  FileLayout layout_;
  std::string digest_;
};

}  // namespace sluice::embed
