#pragma once
// A semantic entry with its vector as bytes, for a store that keeps bytes. Pure; any thread.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/semantic_index.h"

namespace sluice::cache {

struct SemanticFrame {
  SemanticEntry entry;  // without its id
  std::string space;    // of the vector: which encoder made it
  std::vector<float> vector;
};

std::string encode_frame(const SemanticEntry& entry, std::string_view space,
                         std::span<const float> vector);
// Nothing when the bytes are no frame, one of another version, or cut.
std::optional<SemanticFrame> decode_frame(std::string_view bytes);

}  // namespace sluice::cache
