#pragma once
// One wire format. Pure translation between OpenAI's chat format, which Sluice speaks to clients,
// and a provider's own; no I/O, no clock, no globals. A dialect whose `encode_request` is null *is*
// the OpenAI format: the client's bytes are forwarded and the provider's bytes come back.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/usage.h"

namespace sluice::provider {

struct ReplyContext {
  std::string_view model;        // model name to show the client; "" = as the provider has it
  std::int64_t created = 0;      // Unix seconds
  std::string_view fallback_id;  // id to use when the provider sends none ("chatcmpl-…")
  bool include_usage = false;    // the client asked for the usage chunk of a stream
};

// Turns a provider's stream into OpenAI's, event by event.
class StreamDecoder {
 public:
  virtual ~StreamDecoder() = default;
  // One server-sent event of the provider: its `event:` name (may be empty) and its `data:`.
  // Appends zero or more whole events ("data: {…}\n\n") to `out`. An error event of the provider,
  // or data that is not what the format allows, is the error; nothing may be appended in that call.
  virtual Status on_event(std::string_view name, std::string_view data, std::string& out) = 0;
  // The stream's proper last event was seen. Without it the stream was cut. The final
  // "data: [DONE]\n\n" is appended by on_event of that last event.
  virtual bool finished() const = 0;
  virtual const Usage& usage() const = 0;
};

struct Dialect {
  std::string_view name;
  // The provider's body for an OpenAI chat body. `body` is one valid JSON object without duplicate
  // keys, `model` already the provider's. Error: bad_request naming the field that has no
  // counterpart.
  Result<std::string> (*encode_request)(std::string_view body) = nullptr;
  // OpenAI's chat.completion for the provider's reply (status 200). Fills `usage`.
  Result<std::string> (*decode_reply)(std::string_view body, const ReplyContext& context,
                                      Usage& usage) = nullptr;
  std::unique_ptr<StreamDecoder> (*make_stream_decoder)(const ReplyContext& context) = nullptr;
  // The human message, and provider's type/param/code, in an error body of any shape: JSON of this
  // dialect or another, plain text, HTML, empty. Sets message/type/param, and code for context
  // window and content policy errors; everything else by the status.
  Error (*decode_error)(int status, std::string_view body) = nullptr;
  std::string_view version_header = {};  // a constant header line the format needs, or empty
};

extern const Dialect openai_dialect;
extern const Dialect anthropic_dialect;

}  // namespace sluice::provider
