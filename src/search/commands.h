#pragma once
// The commands of a search module, as RedisVL sends them: FT.CREATE to the byte, since RedisVL
// compares what FT.INFO tells about an index with its own schema.
//
//   const Arguments create = create_index(schema);
//   CO_TRY(const redis::Reply reply, co_await client.run(as_command(create), limit));
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "redis/client.h"
#include "search/filter.h"
#include "search/schema.h"

namespace sluice::search {

// The words of a command, which own their bytes.
using Arguments = std::vector<std::string>;

// A view of them, for redis::Client. `key_at`: which is the key that decides about a Cluster's
// node; the FT commands go to any.
redis::Command as_command(const Arguments& arguments, std::size_t key_at = 0);

// `schema` has passed check().
Arguments create_index(const Schema& schema);
enum class Documents { keep, erase };
// Erasing is RediSearch's and Redis 8's; valkey-search knows no DD.
Arguments drop_index(std::string_view index, Documents documents);
Arguments index_info(std::string_view index);
Arguments list_indexes();

// The name under which a query by vector yields its distance.
constexpr std::string_view distance_field = "vector_distance";

// One FT.SEARCH. The makers below fill it as RedisVL's query classes do.
struct Search {
  std::string query = "*";
  std::vector<std::pair<std::string, std::string>> params;  // values of $names: raw bytes
  std::optional<std::vector<std::string>> returned;         // fields; absent = all of them
  std::string sort_by;                                      // empty = the server's order
  bool descending = false;
  bool only_keys = false;  // NOCONTENT
  std::size_t offset = 0, count = 10;
};
Arguments search_command(std::string_view index, const Search& search);

// By vector. `vector` is the blob as stored (of the field's type and dimensions).
struct VectorSearch {
  std::string field;
  std::string vector;
  Filter filter;
  std::vector<std::string> returned;  // fields beside the distance
  std::size_t count = 10;
  std::size_t offset = 0;  // range only
};
// The nearest `count`. Error: the filter's.
Result<Search> nearest(const VectorSearch& wanted);
// The nearest `count` within `distance`, which belongs to it. Not on valkey-search.
// `epsilon` (absent = the index's) widens the walk through a graph.
Result<Search> within_distance(const VectorSearch& wanted, double distance,
                               std::optional<double> epsilon = {});
// The documents that pass, in no order. Error: the filter's.
Result<Search> filtered(const Filter& filter);
// Only their number.
Result<Search> counted(const Filter& filter);

// The bytes of a vector as hashes hold it: little-endian IEEE 754, not normalised. float16 and
// bfloat16 are rounded to the nearest; int8 and uint8 are rounded and clamped.
std::string vector_blob(const float* values, std::size_t count,
                        VectorType type = VectorType::float32);
// The reverse; empty when the blob's length is not that of whole numbers.
std::vector<float> vector_of_blob(std::string_view blob, VectorType type = VectorType::float32);

}  // namespace sluice::search
