#pragma once
// Embeddings are cached one input at a time: a request taken apart into its items, and the answer
// put together from those that were stored and those that a provider made. Pure.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_scan.h"

namespace sluice::gateway {

// The items of `input`, as JSON texts in it, at least one. A text or a list of token ids is one
// item, a list of those is as many; so is anything else, which is for the provider to refuse (an
// empty or a mixed list). `list` says that `input` was a list of items.
struct EmbeddingInput {
  std::vector<std::string_view> items;
  bool list = false;
};
EmbeddingInput split_input(const JsonField& input);

// The same request for other items; everything else stays byte for byte. `input` is a field of
// `body`.
std::string body_with_items(std::string_view body, const JsonField& input,
                            const std::vector<std::string_view>& items);

// A provider's answer taken apart.
struct EmbeddingReply {
  std::vector<std::string> items;  // JSON objects in the order of the request's items
  std::string rest;                // the answer's other fields but its usage: `,"model":"m",…`
};
// An item is an object with an `embedding`: a list of numbers, or a text (encoding_format base64).
// Its `index` says which input it belongs to; where no item has one, their order does.
// Nothing: not one item for each of `count` inputs, so nothing of it can be kept, and it can only
// be passed on as it is.
std::optional<EmbeddingReply> split_reply(std::string_view body, std::size_t count);

// The answer made of items, each with its index in this request; `items` and `rest` as above.
// `tokens` is what stands as its usage: the tokens of all items, stored ones too, as far as they
// are known. (So does LiteLLM, which counts those of stored texts with a tokenizer of its own.)
std::string make_reply(const std::vector<std::string>& items, std::string_view rest,
                       std::int64_t tokens);

// Item `i`'s part of the tokens that a provider counted for `count` items. The parts differ by one
// at most and add up to the whole.
std::int64_t share_of_tokens(std::int64_t tokens, std::size_t count, std::size_t i);

}  // namespace sluice::gateway
