#pragma once
// The vectors of the latest texts, so that a text is encoded once though several ask. Any thread.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cache/embedder.h"

namespace sluice::cache {

class VectorMemo {
 public:
  // `most_bytes` bounds what is remembered; the oldest is forgotten first.
  explicit VectorMemo(std::size_t most_bytes);
  ~VectorMemo();
  // Texts are known by their digests: prompts may be long, and are nobody's business.
  static std::string digest_of(std::string_view text);
  Vector find(const std::string& digest) const;  // null: not known
  void keep(const std::string& digest, Vector vector);

 private:
  class Shard;
  static constexpr std::size_t shard_count = 16;
  std::vector<std::unique_ptr<Shard>> shards_;
  Shard& shard_of(std::string_view digest) const;
};

}  // namespace sluice::cache
