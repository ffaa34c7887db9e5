#pragma once
// What one call wants of the cache, and the names that its answer has there.
#include <string>
#include <string_view>

#include "cache/cache_control.h"
#include "gateway/call.h"
#include "model/cache_settings.h"

namespace sluice::cache {
class SemanticCache;
struct AskedQuestion;
}  // namespace sluice::cache
namespace sluice::router {
struct Group;
}

namespace sluice::gateway {

class Snapshot;

struct CacheWish {
  bool reads = false, writes = false;
  std::string key;  // empty: the call has nothing to do with the cache
  // The one whose own parameters the key has, as nobody knows yet which will answer. Lives as long
  // as the snapshot; null: there is none.
  const Deployment* deployment = nullptr;
  cache::CacheControl control;

  bool any() const { return reads || writes; }
  void reset();
};

// Reads the wish out of a call that the group serves. Error: the client's, it names the field.
Status read_cache_wish(const CacheSettings& settings, const Snapshot& snapshot,
                       const router::Group& group, const Call& call, CacheWish& wish);

// The key of an answer that `deployment` (null: none is known) gave for the group of that name.
std::string answer_key(const CacheSettings& settings, const Call& call, const CacheWish& wish,
                       std::string_view group, const Deployment* deployment);

// The same of one item of an embedding request, whose JSON text it is.
std::string item_key(const CacheSettings& settings, const Call& call, const CacheWish& wish,
                     std::string_view group, const Deployment* deployment, std::string_view item);

// The question that the call asks, for matching by meaning. Error: why it is not matched.
Result<cache::AskedQuestion> question_of(const cache::SemanticCache& semantic,
                                         const CacheSettings& settings, const Call& call,
                                         const CacheWish& wish);

// Calls with the same text are answered by one upstream call: same answer, same format, and the
// same wishes about time and retries.
std::string flight_key(const Call& call, const CacheWish& wish);

}  // namespace sluice::gateway
