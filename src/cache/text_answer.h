#pragma once
// The two shapes of a text completion in LiteLLM's cache. One that was asked for whole stands there
// as it came, one that was streamed as a chat:
//
//   {"object":"text_completion","choices":[{"text":"Hi",…}],…}
//   {"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"Hi"},…}],…}
//
// LiteLLM can tell only the second as a stream: the first one ends its client's stream with an
// error. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>

namespace sluice::cache {

// A whole text completion as a chat. Nothing: it is none.
std::optional<std::string> text_as_chat(std::string_view body);

// The inverse; what is a text completion already stays one. Nothing: it is neither, or a chat that
// says more than a text (a list of parts).
std::optional<std::string> chat_as_text(std::string_view body);

}  // namespace sluice::cache
