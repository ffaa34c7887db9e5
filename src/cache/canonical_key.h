#pragma once
// Sluice's own cache key: two requests have the same one exactly when they ask the same thing.
// Pure; any thread.
//
// The order of object members does not count, at any depth, nor do white space, how a string is
// escaped or how a number is written (1, 1.0, 1e0); of members with the same name the last counts.
// Everything else does, unknown parameters as well, except for what cannot change the answer: how
// it is sent (`stream`), how long one may wait and how often one tries, what is only logged, and
// the cache's own controls. So a stream and a whole answer share their entry.
//
//   key = [namespace ":"] "sluice:" hex(sha256(text)); canonical_key.cc has the text's grammar
#include <string>
#include <string_view>

#include "cache/key_input.h"
#include "model/cache_settings.h"

namespace sluice::cache {

// Of `settings` caching_groups counts: their groups share entries.
std::string canonical_key(const KeyInput& input, const CacheSettings& settings);
// One item of a list of embedding inputs: `item` is its JSON text, in place of `input`. The key of
// an `input` that is this text alone is the same.
std::string canonical_item_key(const KeyInput& input, const CacheSettings& settings,
                               std::string_view item);

}  // namespace sluice::cache
