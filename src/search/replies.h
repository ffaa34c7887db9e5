#pragma once
// What a search module answers, in RESP2's and RESP3's shapes, as RediSearch, Redis 8,
// valkey-search and Dragonfly give it. Anything else is an error, never a crash.
#include <sluice/document.h>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "redis/reply.h"
#include "search/schema.h"

namespace sluice::search {

using sluice::Document;
using sluice::IndexInfo;

struct Found {
  std::size_t total = 0;  // all that match, also those past their time
  std::vector<Document> documents;
  // Rows that expired between the match and the reading. They count against LIMIT: ask for more
  // than you need.
  std::size_t expired = 0;
  // The server gave up in time: an empty answer is then no proof that there is nothing.
  bool partial = false;
};
// A reply to FT.SEARCH. Error: the server's refusal, or a shape that is not understood.
Result<Found> parse_search(const redis::Reply& reply);

// A reply to FT.INFO. Error: as parse_search.
Result<IndexInfo> parse_info(const redis::Reply& reply);
// The schema behind it, as RedisVL reads it: the separator of keys is taken to be ":". Error: a
// field of a type we don't know, or a vector without dimensions.
Result<Schema> schema_of(const IndexInfo& info);

// A reply to FT._LIST: names in the server's order.
Result<std::vector<std::string>> parse_list(const redis::Reply& reply);
// A reply to HGETALL: pairs in the server's order; empty when there is no such key.
Result<std::vector<std::pair<std::string, std::string>>> parse_hash(const redis::Reply& reply);

// What the server's refusals mean; their words differ between servers and versions.
bool is_no_such_index(const redis::Reply& reply);
bool is_index_exists(const redis::Reply& reply);
bool is_unknown_command(const redis::Reply& reply);  // the server has no search module

// The refusal as our error: not_found for a missing index, permission_denied, bad_request for
// what the server calls a syntax error.
Error refusal(const redis::Reply& reply, std::string_view attempted);

}  // namespace sluice::search
