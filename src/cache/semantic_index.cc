#include "cache/semantic_index.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/json_scan.h"

namespace sluice::cache {
namespace {

Status check_vector(std::span<const float> vector, std::size_t dims) {
  if (vector.size() != dims)
    return fail(client_error("the vector has " + std::to_string(vector.size()) +
                             " dimensions, the semantic index " + std::to_string(dims) +
                             ": the embedding model has changed"));
  double squares = 0;
  for (const float value : vector) squares += static_cast<double>(value) * value;
  if (!std::isfinite(squares) || squares == 0)
    return fail(client_error("the vector has no direction: all of it is zero, or not finite"));
  return Done{};
}

bool is_object(std::string_view json) {
  JsonFields fields;
  return !scan_json_object(json, fields);
}

}  // namespace

Status check_entry(const NewSemanticEntry& entry, std::size_t dims) {
  if (entry.scope.empty()) return fail(client_error("a semantic entry needs a scope"));
  for (const std::string_view text : {entry.scope, entry.prompt, entry.response})
    if (!is_utf8(text)) return fail(client_error("a text of the semantic entry is not UTF-8"));
  if (!entry.metadata.empty() && !is_object(entry.metadata))
    return fail(client_error("the metadata of a semantic entry must be a JSON object"));
  return check_vector(entry.vector, dims);
}

Status check_lookup(const SemanticLookup& lookup, std::size_t dims) {
  return check_vector(lookup.vector, dims);
}

std::optional<float> cosine_of(std::span<const float> a, std::span<const float> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); i++) {
    ab += static_cast<double>(a[i]) * b[i];
    aa += static_cast<double>(a[i]) * a[i];
    bb += static_cast<double>(b[i]) * b[i];
  }
  const double cosine = ab / std::sqrt(aa * bb);
  if (!std::isfinite(cosine)) return std::nullopt;
  return static_cast<float>(std::clamp(cosine, -1.0, 1.0));
}

}  // namespace sluice::cache
