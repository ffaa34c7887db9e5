#pragma once
// What the gateway reads in OpenAI-shaped answers: usage, and whether it is an answer at all. Pure.
#include <optional>
#include <string_view>

#include "base/json_scan.h"
#include "base/result.h"
#include "model/usage.h"

namespace sluice::gateway {

// From the JSON object `usage` of a reply or a stream's chunk.
Usage read_usage(std::string_view usage_json);

struct ReplyFacts {
  Usage usage;
  std::string_view error;  // the value of a non-null top-level `error`; empty = none
};
// Reads a whole reply (skim_json_object). Error (connection, blame provider): it is not a JSON
// object.
Result<ReplyFacts> read_reply(std::string_view body, std::string_view content_type);

}  // namespace sluice::gateway
