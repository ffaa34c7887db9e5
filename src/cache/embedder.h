#pragma once
// Where the semantic cache gets vectors from: the encoder in this process (local_embedder.h), or a
// model elsewhere, which the gateway asks.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/encoder.h"
#include "io/async.h"
#include "io/pause.h"
#include "model/deployment.h"

namespace sluice::cache {

// A text's vector: a few hundred floats, of length 1.
using Vector = std::shared_ptr<const std::vector<float>>;

// One loop's.
class Embedder {
 public:
  virtual ~Embedder() = default;
  // Error: context_window, the text is longer than the model takes and may not be cut; any other,
  // there is no vector in time. The semantic cache does without either way.
  virtual io::Async<Result<Vector>> embed(std::string_view text, embed::LongText long_text,
                                          io::WaitLimit limit) = 0;
  // Names the model that makes the vectors, in hex: those of two spaces are never compared.
  virtual std::string_view space() const = 0;
  // The encoder whose cosines the verifier knows.
  virtual bool is_built_in() const = 0;
  // Whether each vector is a call that somebody pays for. Others may be asked again for a text that
  // had none in time.
  virtual bool is_costly() const = 0;
  // How long a call may wait for a lookup, the vector included.
  virtual Milliseconds patience() const = 0;
};

// There is none, and why.
inline Error no_vector(const char* why) {
  return gateway_error(std::string("no embedding: ") + why);
}

}  // namespace sluice::cache
