#pragma once
// A stream put together again: the whole answer that the same call without `stream` would have had.
// The inverse of as_stream (local_reply.h). Pure.
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/usage.h"
#include "provider/endpoint.h"

namespace sluice::gateway {

// `events` is the text of one OpenAI stream, as a client got it. `usage` stands in where no chunk
// tells it. Texts of a delta's fields are joined, of other values the last counts, lists of objects
// that name an `index` (tool calls) are joined item by item.
// Error: it did not end well (no [DONE], an error event, a choice without its reason to finish), or
// is no such stream. Such an answer must not be kept.
Result<std::string> assemble_stream(provider::Endpoint endpoint, std::string_view events,
                                    const Usage& usage);

}  // namespace sluice::gateway
