#pragma once
// What a chat asks, for the semantic cache: the text of its last message, which may be matched by
// meaning, and everything else, which must be equal. Pure; any thread.
#include <string>

#include "base/result.h"
#include "cache/key_input.h"
#include "model/cache_settings.h"

namespace sluice::cache {

struct SemanticQuestion {
  std::string text;   // of the last user message
  std::string scope;  // digest of all the rest: two calls with one scope differ in `text` only
  // A single user message and nothing that shapes the answer: no system prompt, tools or format.
  // Only such a call may be answered by an entry that knows no scope.
  bool plain = false;
  bool first_turn = true;  // no user or assistant has said anything before it
};

// Error (blame client, for `explain` and debugging; the call itself is served): why the call takes
// no part in semantic matching.
Result<SemanticQuestion> read_question(const KeyInput& input, const CacheSettings& settings);

// Whether an answer may stand for other questions: one choice that says something and ended by
// itself, without calling a tool.
bool answers_by_itself(std::string_view body);

// What the answer says. Empty: nothing.
std::string answer_text(std::string_view body);

}  // namespace sluice::cache
