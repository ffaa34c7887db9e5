#pragma once
// The vector in a provider's answer to an embedding request. Pure.
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sluice::gateway {

// More than any model has, and as many as an index behind a Redis takes.
constexpr std::size_t most_dimensions = 32'768;

// `body` answers a request for one text; the vector is a list of numbers or base64 of little-endian
// floats. Gives it with length 1. Error (connection, blame provider; without any text of the
// answer): it holds no such vector, or one that has no direction.
Result<std::vector<float>> read_vector(std::string_view body);

}  // namespace sluice::gateway
