#pragma once
// What a cache keeps of one answer, as bytes: in LiteLLM's format, which both sides read, and in
// Sluice's own, which is read without copying. Any bytes may come back from a store; what is not an
// entry is a miss. Pure; any thread.
#include <optional>
#include <string>
#include <string_view>

#include "model/usage.h"
#include "provider/endpoint.h"

namespace sluice::cache {

// An answer in LiteLLM's format. `body` is JSON: a whole answer (chat.completion, text_completion),
// or one item of an embeddings answer.
struct LiteLlmAnswer {
  std::string body;
  double stored_at = 0;  // Unix seconds
};

// The value of LiteLLM's Redis string, ASCII like json.dumps:
//   {"timestamp": 1795477657.029638, "response": "{\"id\":…}"}       a whole answer
//   {"timestamp": 1795477681.5160282, "response": {"embedding":…}}   an item of embeddings
std::string encode_litellm(provider::Endpoint endpoint, std::string_view body, double stored_at);
// Also takes what other versions of LiteLLM write: a Python literal in place of either JSON text,
// an object in place of the string. Nothing for anything else, and for an answer of another kind
// than the endpoint's. A text completion comes out as one, also where it was kept as a chat
// (text_answer.h).
std::optional<LiteLlmAnswer> decode_litellm(provider::Endpoint endpoint, std::string_view bytes);

// One answer in Sluice's own format. Views: of the caller's before encoding, into the blob after
// decoding.
struct Entry {
  double stored_at = 0;              // Unix seconds
  std::optional<double> expires_at;  // Unix seconds; absent = never
  bool from_stream = false;          // put together from a stream's events
  std::string_view group;            // model group that answered
  std::string_view provider;         // name of its provider ("openai")
  std::string_view model;            // the provider's name for the model
  std::string_view model_id;         // id of the deployment
  Usage usage;                       // of the call that was made
  std::string_view body;             // JSON, as in LiteLlmAnswer
};

// An entry as LiteLLM would have kept it: of the facts its time and whether it was streamed.
std::string encode_litellm(provider::Endpoint endpoint, const Entry& entry);

inline bool has_ended(const Entry& entry, double now) {
  return entry.expires_at && *entry.expires_at <= now;
}

std::string encode_entry(const Entry& entry);
// Nothing when the bytes are no entry, one of another version, or cut. What an entry says is not
// checked again: a store is trusted as far as its owner.
std::optional<Entry> decode_entry(std::string_view bytes);

}  // namespace sluice::cache
