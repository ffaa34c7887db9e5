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

// The items of `input`, as JSON texts: a text or a list of token ids is one, a list of those is as
// many. `list` says that `input` was a list of items.
struct EmbeddingInput {
  std::vector<std::string_view> items;
  bool list = false;
};
EmbeddingInput split_input(const JsonField& input);

// The same request for other items; everything else stays byte for byte.
std::string body_with_items(std::string_view body, const JsonField& input,
                            const std::vector<std::string_view>& items);

// A provider's answer taken apart.
struct EmbeddingReply {
  std::vector<std::string> items;  // JSON objects in the order of the request's items
  std::string rest;                // the answer's other fields but its usage: `,"model":"m",…`
};
// Nothing: not one item for each of `count` inputs, so nothing of it can be kept.
std::optional<EmbeddingReply> split_reply(std::string_view body, std::size_t count);

// The answer made of items, each with its index in this request. `rest` as above; `tokens` are
// those of all items, as far as they are known.
std::string make_reply(const std::vector<std::string>& items, std::string_view rest,
                       std::int64_t tokens);

}  // namespace sluice::gateway
