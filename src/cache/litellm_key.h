#pragma once
// The cache key that LiteLLM 1.68 would give a call, to the byte, so that both serve each other's
// entries. Pure; any thread.
//
//   key      = [namespace ":"] hex(sha256(preimage))
//   preimage = *(name ": " str(value))      no separator; `str` is Python's
//
// The parameters stand in the order in which LiteLLM's router passes them on: `model` (the group),
// the deployment's own parameters, the endpoint's input, the client's parameters in the order of
// its JSON, and for a chat always `stream`. A parameter that the deployment sets as well keeps the
// deployment's place and has the client's value. Nulls and names that LiteLLM does not list are
// left out.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cache/key_input.h"
#include "model/cache_settings.h"

namespace sluice::cache {

// Of `settings` caching_groups and provider_params_in_key count.
std::string litellm_key(const KeyInput& input, const CacheSettings& settings);
// A list of embedding inputs has one key an item: `item` is its JSON text, in place of `input`.
std::string litellm_item_key(const KeyInput& input, const CacheSettings& settings,
                             std::string_view item);
// The text whose digest is the key; `item` as above. Holds the prompt: for tests and `sluice cache`
// only.
std::string litellm_preimage(const KeyInput& input, const CacheSettings& settings,
                             std::optional<std::string_view> item = {});

// Whether LiteLLM lists `name` among the parameters that make a key.
bool is_litellm_key_parameter(std::string_view name);

}  // namespace sluice::cache
