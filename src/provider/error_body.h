#pragma once
// What a provider's error answer says, whatever its shape, and which class of error it is. Pure.
//
// Shapes that are read, from the outside in:
//   {"error": {"message", "type", "param", "code"}}   OpenAI and most others; also inside an array
//   {"error": "text"}  {"message": "text", …}  {"detail": "text"}  {"errors": […]}
//   {"detail": [{"loc": […], "msg": "text"}]}         FastAPI's validation errors
//   {"type": "error", "error": {"type", "message"}}   Anthropic
//   any other JSON, plain text, a web page, nothing
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace sluice::provider {

struct ErrorBody {
  std::string message;  // never empty, valid UTF-8, at most a few thousand bytes
  std::optional<std::string> type, param;
  std::string code;  // "context_length_exceeded", or empty
};

ErrorBody read_error_body(int status, std::string_view body);

// The class by the status, as LiteLLM has it for OpenAI-compatible providers, unless the message
// tells of the context window or of the content policy.
Error classify(int status, ErrorBody body);

}  // namespace sluice::provider
