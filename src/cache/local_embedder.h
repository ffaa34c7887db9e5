#pragma once
// The encoder of this process, on its own threads.
#include "cache/embedder.h"
#include "embed/pool.h"

namespace sluice::cache {

class LocalEmbedder final : public Embedder {
 public:
  // The pool outlives this.
  LocalEmbedder(io::Loop& loop, embed::Pool& pool) : loop_(loop), pool_(pool) {}
  io::Async<Result<Vector>> embed(std::string_view text, embed::LongText long_text,
                                  io::WaitLimit limit) override;
  std::string_view space() const override { return pool_.encoder().space(); }
  bool is_built_in() const override;
  bool is_costly() const override { return false; }
  // The encoder is asked beside other work and takes a millisecond; a longer queue is no help.
  Milliseconds patience() const override { return Milliseconds(50); }

 private:
  io::Loop& loop_;
  embed::Pool& pool_;
};

}  // namespace sluice::cache
