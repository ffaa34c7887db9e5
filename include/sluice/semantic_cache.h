#pragma once
// Answers under the meaning of their question: `check` finds what was stored for a question that
// says the same. In memory, in a directory, or in a Redis with a search module, where RedisVL's
// SemanticCache of the same name and model reads and writes the same entries.
//
//   sluice::SemanticCache cache({.name = "llmcache", .store = sluice::RedisServer{}});
//   cache.store("What is the capital of France?", "Paris");
//   for (const auto& hit : cache.check("what's France's capital?")) use(hit.response);
//
// Any thread may call; calls run side by side. A call blocks its thread; the _async ones return at
// once. Failures: exception.h. Distances are cosine distances, 0 (the same) to 2; a similarity of
// 0.9 is the distance 0.1 (distance_of).
#include <chrono>
#include <cstddef>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <sluice/exception.h>
#include <sluice/filter.h>
#include <sluice/redis_server.h>
#include <sluice/schema.h>
#include <sluice/vectorizer.h>

namespace sluice {

constexpr double distance_of(double similarity) { return 1 - similarity; }

// A store inside this process.
struct Embedded {
  std::string directory{};              // empty = memory alone; else entries survive a restart
  std::size_t max_entries = 1'000'000;  // the oldest make room
};

struct CacheOptions {
  std::string name = "llmcache";  // of the index, and what keys begin with
  std::variant<RedisServer, Embedded> store{};
  std::optional<Vectorizer> vectorizer{};     // absent = Vectorizer::local()
  double distance_threshold = 0.1;            // how far a hit may be; the end belongs to it
  std::optional<std::chrono::seconds> ttl{};  // of entries; absent = they stay
  // A hit's time begins anew, as in RedisVL. Off, so that a stale answer ends.
  bool refresh_ttl_on_hit = false;
  std::vector<Field> filterable_fields{};  // in the index after the cache's own, in this order
  bool overwrite = false;                  // an index that does not fit is replaced
};

struct CacheHit {
  std::string key{}, entry_id{}, prompt{}, response{};
  double distance = 0;
  double inserted_at = 0, updated_at = 0;  // unix seconds
  std::optional<std::string> metadata{};   // a JSON object
  std::map<std::string, std::string> filters{};

  double similarity() const { return 1 - distance; }
};

struct CheckOptions {
  std::size_t num_results = 1;
  std::optional<double> distance_threshold{};  // instead of the cache's
  Filter filter{};
  std::optional<std::vector<float>> vector{};  // of the prompt; absent = the vectorizer is asked
};

struct StoreOptions {
  std::optional<std::string> metadata{};         // a JSON object
  std::map<std::string, std::string> filters{};  // values of filterable fields
  std::optional<std::chrono::seconds> ttl{};     // instead of the cache's
  std::optional<std::vector<float>> vector{};    // of the prompt
};

// What to change of an entry; the rest stays.
struct EntryChange {
  std::optional<std::string> response{};
  std::optional<std::string> metadata{};
  std::map<std::string, std::string> filters{};
  std::optional<std::chrono::seconds> ttl{};
};

class SemanticCache {
 public:
  // Opens the index, or makes it. Throws: conflict when one of that name holds something else ("the
  // schema does not match": `overwrite`, another name or other fields), argument, and what the
  // server fails with.
  explicit SemanticCache(CacheOptions options);
  ~SemanticCache();  // what was started asynchronously still ends
  SemanticCache(SemanticCache&&) noexcept;
  SemanticCache& operator=(SemanticCache&&) noexcept;

  // Nearest first; empty when nothing is near enough.
  std::vector<CacheHit> check(std::string_view prompt, const CheckOptions& options = {}) const;
  // Replaces what was stored for the same prompt and filters, all of it. Returns the entry's key.
  std::string store(std::string_view prompt, std::string_view response,
                    const StoreOptions& options = {});
  // Throws: not_found when there is no such entry.
  void update(const std::string& key, const EntryChange& change);
  // Both return how many there were.
  std::size_t drop(const std::vector<std::string>& entry_ids);
  std::size_t drop_keys(const std::vector<std::string>& keys);
  // Drops every entry; returns how many.
  std::size_t clear();
  // Drops every entry and the index. A later lookup makes the index anew.
  void destroy();

  std::future<std::vector<CacheHit>> check_async(std::string prompt,
                                                 CheckOptions options = {}) const;
  std::future<std::string> store_async(std::string prompt, std::string response,
                                       StoreOptions options = {});
  std::future<void> update_async(std::string key, EntryChange change);
  std::future<std::size_t> drop_async(std::vector<std::string> entry_ids);
  std::future<std::size_t> clear_async();

  // For the entries to come.
  void set_ttl(std::optional<std::chrono::seconds> ttl);
  std::optional<std::chrono::seconds> ttl() const;
  void set_distance_threshold(double threshold);
  double distance_threshold() const;

  const Schema& schema() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace sluice
