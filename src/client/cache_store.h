#pragma once
// The seam behind SemanticCache: entries with vectors, in a Redis or in this process. Blocks; any
// thread; throws what exception.h lists.
#include <sluice/semantic_cache.h>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace sluice::client {

struct Lookup {
  const std::vector<float>& vector;
  std::size_t count;
  double distance;  // the farthest that counts
  const Filter& filter;
};

// All of it has been checked.
struct NewEntry {
  std::string id;
  std::string_view prompt, response;
  const std::vector<float>& vector;
  std::optional<std::string> metadata;
  const std::map<std::string, std::string>& filters;
  std::optional<std::chrono::seconds> ttl;
};

class CacheStore {
 public:
  virtual ~CacheStore() = default;
  // Nearest first.
  virtual std::vector<CacheHit> find(const Lookup& lookup) = 0;
  // Replaces all of an entry of that id. Returns its key.
  virtual std::string put(const NewEntry& entry) = 0;
  // False when there is no entry under that key.
  virtual bool change(const std::string& key, const EntryChange& change) = 0;
  virtual void expire(const std::vector<std::string>& keys, std::chrono::seconds ttl) = 0;
  virtual std::size_t erase(const std::vector<std::string>& keys) = 0;
  virtual std::size_t clear() = 0;
  virtual void destroy() = 0;
  virtual const Schema& schema() const = 0;
};

std::unique_ptr<CacheStore> open_redis_store(const RedisServer& server, Schema schema,
                                             bool overwrite);

// `space` is the vectorizer's: what is on disk is of use in that one alone.
std::unique_ptr<CacheStore> open_embedded_store(const Embedded& options, Schema schema,
                                                const std::string& space);

}  // namespace sluice::client
