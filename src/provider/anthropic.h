#pragma once
// The parts of the Anthropic Messages dialect, one file each. Inside of this module only.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/usage.h"
#include "provider/dialect.h"
#include "provider/json_value.h"
#include "provider/object_writer.h"

namespace sluice::provider::anthropic {

// Anthropic has no response_format: JSON is asked for by forcing a call of this tool, whose input
// is then the answer. The name is LiteLLM's.
inline constexpr std::string_view json_tool = "json_tool_call";

// anthropic_request.cc: OpenAI's chat body -> Anthropic's.
Result<std::string> encode_request(std::string_view body);

// "stop: must be a string", as a bad_request about that field.
Error field_error(std::string_view field, std::string_view what);

// anthropic_messages.cc: the two arrays that the list of messages becomes.
struct Conversation {
  std::string system;  // "" when there is no system text
  std::string messages;
};
Result<Conversation> encode_messages(const JsonValue& messages);

// anthropic_content.cc: content parts and texts -> content blocks, each the JSON text of one
// object. Where a value stands, for error messages: "messages[2].content[0].image_url".
struct Place {
  std::size_t message = 0;
  std::string path = {};  // below the message, with its leading '.', or empty

  Place at(std::string_view below) const;
  Place element(std::size_t index) const;
  Error error(std::string_view what) const;
};
// Anthropic refuses empty texts, and white space at the end of a final answer. A text that the rule
// leaves nothing of makes no block.
enum class TextRule { keep, drop_empty, trim_end };
Result<std::vector<std::string>> content_blocks(const JsonObject& message, const Place& place,
                                                TextRule rule);

// anthropic_tools.cc: `tools`, `tool_choice`, from OpenAI's fields of the same names,
// parallel_tool_calls and response_format.
Status encode_tools(const JsonObject& body, bool is_thinking, ObjectWriter& out);
// An id that Anthropic accepts ([a-zA-Z0-9_-]+), the same for the call and its result.
std::string tool_id(std::string_view id);

// anthropic_reply.cc: Anthropic's message -> chat.completion, and what the stream shares with it.
Result<std::string> decode_reply(std::string_view body, const ReplyContext& context, Usage& usage);
std::string_view finish_reason(std::string_view stop_reason);
// Takes over the counts that `counts` names, and keeps the others: a stream tells them in two
// parts.
void read_usage(const JsonObject& counts, Usage& usage);
void append_usage(std::string& out, const Usage& usage);

// anthropic_stream.cc: Anthropic's events -> chat.completion.chunk.
std::unique_ptr<StreamDecoder> make_stream_decoder(const ReplyContext& context);

// anthropic_errors.cc
// The error of an answer with that status.
Error decode_error(int status, std::string_view body);
// The error in an answer or a stream that began with status 200; its type tells the status.
Error decode_late_error(std::string_view json);
// An answer that is not what the format allows.
Error format_error(std::string_view what);

}  // namespace sluice::provider::anthropic
