#pragma once
// Text → a unit vector whose cosine with another tells how alike two texts are in meaning. A BERT
// with eight-bit weights in this process: all-MiniLM-L6-v2 takes half a millisecond for a short
// question, so it belongs on a pool's thread (pool.h), never on an event loop's.
//
// `sluice model pull` makes the file; docs/models.md tells how models are converted and what the
// eight bits cost.
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/cpu.h"
#include "base/result.h"

namespace sluice::embed {

// A word piece as the vocabulary spells it; `known` is false for one that stands for a word which
// the vocabulary lacks.
struct Piece {
  std::string_view text;
  bool known;
};

// What becomes of a text that is longer than the model takes.
enum class LongText {
  cut,      // its beginning stands for all of it
  refused,  // there is no vector: texts with the same beginning would have the same one
};

// Immutable; any thread, several at once. Keeps the scratch memory of a thread for its next text.
class Encoder {
 public:
  // `level` is for tests and measurements: a kernel that the machine lacks is replaced by the
  // portable one. Error: names the file and says what to do.
  static Result<std::shared_ptr<const Encoder>> open(const std::string& path,
                                                     CpuLevel level = cpu_level());
  ~Encoder();

  // The file's name without folder and ending: "all-MiniLM-L6-v2".
  const std::string& name() const;
  // Names the space of the vectors: a digest of everything that shapes them (weights as quantised,
  // vocabulary, pooling, length). Vectors of two spaces must never be compared.
  const std::string& space() const;
  int dimensions() const;
  int max_tokens() const;  // of a text, [CLS] and [SEP] included
  int layers() const;
  std::size_t file_size() const;  // in bytes
  CpuLevel level() const;         // of the kernel in use

  // Writes a vector of length 1 to `out`, which has dimensions() floats. Takes any bytes. False:
  // the text has more than max_tokens() and was refused.
  bool encode(std::string_view text, std::span<float> out, LongText policy = LongText::cut) const;

  // Without [CLS] and [SEP], before any cut.
  std::size_t count_tokens(std::string_view text) const;
  // Whether the text holds a word that the vocabulary lacks: all such words look alike to the
  // model.
  bool has_unknown(std::string_view text) const;
  // The first `most` pieces; their texts live as long as the encoder.
  std::vector<Piece> pieces(std::string_view text, std::size_t most) const;

 private:
  struct State;
  explicit Encoder(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace sluice::embed
