#pragma once
// Errors in OpenAI's form, the way LiteLLM fills it: {"error":{"message","type","param","code"}}
// with the status as a string in `code`. The only place that turns an Error into bytes for a
// client.
#include <string>

#include "base/error.h"

namespace sluice::api {

std::string error_json(const Error& error);
// The last event of a stream that broke: "data: {"error":…}\n\n".
std::string error_event(const Error& error);

}  // namespace sluice::api
