#pragma once
// RedisVL's schema files:
//
//   version: '0.1.0'
//   index: {name: docs, prefix: rvl, key_separator: ':', storage_type: hash}
//   fields:
//     - {name: title, type: text, attrs: {weight: 2}}
//     - {name: embedding, type: vector, attrs: {dims: 384, algorithm: flat, distance_metric:
//     cosine}}
#include <sluice/schema.h>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

// `file` goes into messages. Error: names the file, the line and the key, and what may stand there.
Result<Schema> parse_schema(std::string_view yaml, const std::string& file);
// Error also when the file can't be read.
Result<Schema> read_schema(const std::string& file);

}  // namespace sluice
