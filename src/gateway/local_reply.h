#pragma once
// Answers that the gateway makes itself: mock responses, the built-in echo, and a whole answer
// retold as a stream. Pure.
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/call.h"

namespace sluice::gateway {

struct LocalAnswer {
  std::string_view text;  // what the model says
  std::string_view model;
  std::string_view id;       // of the call; the answer's id is made from it
  std::int64_t created = 0;  // Unix seconds
};

// A chat.completion or text_completion that says `text`. Usage as LiteLLM's mock: 10 + 20 tokens.
std::string make_completion(Endpoint endpoint, const LocalAnswer& answer);

// The failure that LiteLLM's mock_response names ("litellm.RateLimitError" and others), or nothing.
std::optional<Error> mock_error(std::string_view mock_response, std::string_view model);

// What the built-in echo says to a chat or a prompt.
std::string echo_of(const Call& call);

// A whole chat.completion or text_completion as the events of a stream, [DONE] included. Text is
// cut at spaces, so that a reader sees it grow. Error: `body` is no such answer.
Result<std::string> as_stream(Endpoint endpoint, std::string_view body, bool include_usage);

}  // namespace sluice::gateway
