#pragma once
// Where the semantic cache gets vectors from: the encoder in this process, or a model elsewhere.
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "embed/pool.h"
#include "io/async.h"
#include "io/pause.h"

namespace sluice::cache {

// One loop's. A text's vector is a few hundred floats of length 1.
using Vector = std::shared_ptr<const std::vector<float>>;

class Embedder {
 public:
  virtual ~Embedder() = default;
  // Error: there is none in time. The semantic cache does without, and counts it.
  virtual io::Async<Result<Vector>> embed(std::string_view text, io::WaitLimit limit) = 0;
  // Names the space of the vectors; those of two spaces are never compared.
  virtual std::string_view space() const = 0;
  // The encoder whose cosines the verifier knows.
  virtual bool is_built_in() const = 0;
};

// The vectors of the latest texts, so that a text is encoded once though several ask. Any thread.
class VectorMemo {
 public:
  explicit VectorMemo(std::size_t most_texts);
  ~VectorMemo();
  Vector find(std::string_view text) const;  // null: not known
  void keep(std::string_view text, Vector vector);

 private:
  class Shard;
  static constexpr std::size_t shard_count = 16;
  std::vector<std::unique_ptr<Shard>> shards_;
  Shard& shard_of(std::string_view digest) const;
};

// The encoder of this process, on its own threads.
class LocalEmbedder final : public Embedder {
 public:
  // `memo` may be null.
  LocalEmbedder(io::Loop& loop, embed::Pool& pool, VectorMemo* memo)
      : loop_(loop), pool_(pool), memo_(memo) {}
  io::Async<Result<Vector>> embed(std::string_view text, io::WaitLimit limit) override;
  std::string_view space() const override { return pool_.encoder().space(); }
  bool is_built_in() const override;

 private:
  io::Loop& loop_;
  embed::Pool& pool_;
  VectorMemo* memo_;
};

}  // namespace sluice::cache
