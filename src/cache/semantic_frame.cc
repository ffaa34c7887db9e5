// All numbers are little-endian.
//
//   "SLV1" dims:u32 inserted_at:f64 updated_at:f64 sizes:5×u64
//   space scope prompt metadata response vector:dims×f32
//
// The sizes are those of the five texts, and everything ends with the vector, so a frame that was
// cut does not pass.
#include "cache/semantic_frame.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace sluice::cache {
namespace {

static_assert(std::endian::native == std::endian::little);

struct Header {
  char magic[4] = {'S', 'L', 'V', '1'};
  std::uint32_t dims = 0;
  double inserted_at = 0, updated_at = 0;
  std::uint64_t sizes[5] = {};
};
static_assert(sizeof(Header) == 64 && std::is_trivially_copyable_v<Header>);

}  // namespace

std::string encode_frame(const SemanticEntry& entry, std::string_view space,
                         std::span<const float> vector) {
  const std::array<std::string_view, 5> texts{space, entry.scope, entry.prompt, entry.metadata,
                                              entry.response};
  Header header{.dims = static_cast<std::uint32_t>(vector.size()),
                .inserted_at = entry.inserted_at,
                .updated_at = entry.updated_at};
  std::size_t size = sizeof header + vector.size_bytes();
  for (std::size_t i = 0; i < texts.size(); i++) size += header.sizes[i] = texts[i].size();
  std::string out;
  out.reserve(size);
  out.append(reinterpret_cast<const char*>(&header), sizeof header);
  for (const std::string_view text : texts) out += text;
  return out.append(reinterpret_cast<const char*>(vector.data()), vector.size_bytes());
}

std::optional<SemanticFrame> decode_frame(std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  if (std::string_view(header.magic, sizeof header.magic) != "SLV1") return std::nullopt;
  SemanticFrame frame;
  SemanticEntry& entry = frame.entry;
  entry.inserted_at = header.inserted_at;
  entry.updated_at = header.updated_at;
  const std::array<std::string*, 5> texts{&frame.space, &entry.scope, &entry.prompt,
                                          &entry.metadata, &entry.response};
  for (std::size_t i = 0; i < texts.size(); i++) {
    if (header.sizes[i] > bytes.size()) return std::nullopt;
    *texts[i] = bytes.substr(0, header.sizes[i]);
    bytes.remove_prefix(header.sizes[i]);
  }
  if (bytes.size() != header.dims * sizeof(float)) return std::nullopt;
  frame.vector.resize(header.dims);
  if (!bytes.empty()) std::memcpy(frame.vector.data(), bytes.data(), bytes.size());
  return frame;
}

}  // namespace sluice::cache
