#pragma once
// The names that schemas have on the wire, and comparing schemas as RedisVL does.
#include <sluice/schema.h>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice::search {

using sluice::Field;
using sluice::Schema;

// Names as FT.CREATE and FT.INFO have them: "TEXT", "HASH", "FLAT", "FLOAT32", "COSINE".
std::string_view name_of(FieldType type);
std::string_view name_of(StorageType type);
std::string_view name_of(VectorAlgorithm algorithm);
std::string_view name_of(VectorType type);
std::string_view name_of(DistanceMetric metric);
// The reverse, whatever the case; nothing for a name that is unknown.
std::optional<FieldType> field_type(std::string_view name);
std::optional<StorageType> storage_type(std::string_view name);
std::optional<VectorAlgorithm> vector_algorithm(std::string_view name);
std::optional<VectorType> vector_type(std::string_view name);
std::optional<DistanceMetric> distance_metric(std::string_view name);

// Bytes of one number of a stored vector.
std::size_t size_of(VectorType type);

// Whether an index can be made of it. Error: names the field and what it needs.
Status check(const Schema& schema);

// How `existing` differs from what is wanted, as RedisVL compares schemas: prefix, storage, and the
// fields in their order with name, type, sortable and the vectors' numbers. Empty when RedisVL
// would open the one for the other.
std::string difference(const Schema& wanted, const Schema& existing);

}  // namespace sluice::search
