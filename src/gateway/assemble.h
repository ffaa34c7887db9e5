#pragma once
// A stream put together again: the whole answer that the same call without `stream` would have had.
// The inverse of as_stream (local_reply.h). Pure.
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/usage.h"
#include "provider/endpoint.h"

namespace sluice::gateway {

// `events` is the text of one stream in OpenAI's format, as a client got it: a
// chat.completion.chunk or text_completion in each event, then [DONE]. The answer has
//   - `id`, `created` and `model` of the first chunk that tells them, of other facts the last
//   value;
//   - each choice's texts and lists joined, its tool calls joined by `index`, `content` null when
//     there was none, fields that are not known in the same way;
//   - the `usage` of the stream, or, when no chunk told it and it is known, `usage`.
// Error (connection, blame provider): it did not end well (no [DONE], an error event, a choice
// without a reason to finish), is no such stream, or can be read in two ways (a tool call with two
// ids). Such an answer must not be kept. Takes time linear in the text's size.
Result<std::string> assemble_stream(provider::Endpoint endpoint, std::string_view events,
                                    const Usage& usage);

}  // namespace sluice::gateway
