#pragma once
// Ids for documents that bring none: ULIDs, as RedisVL makes them.
#include <string>

namespace sluice::client {

// 26 characters of Crockford's base 32: 48 bits of milliseconds since 1970, then 80 random bits.
std::string make_document_id();

}  // namespace sluice::client
