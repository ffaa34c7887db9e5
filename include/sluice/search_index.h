#pragma once
// An index of a Redis with a search module (RediSearch, Redis 8, valkey-search), with the queries
// of RedisVL's SearchIndex.
//
//   auto index = sluice::SearchIndex::from_existing("llmcache", {.url = "redis://localhost"});
//   sluice::VectorQuery query{.field = "prompt_vector", .vector = vector, .count = 3};
//   query.filter = sluice::Tag("team") == "blue";
//   for (const auto& document : index.query(query)) use(document.key);
//
// Any thread may call; calls run side by side. A call blocks its thread; the _async ones return at
// once. Failures: exception.h.
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sluice/document.h>
#include <sluice/exception.h>
#include <sluice/filter.h>
#include <sluice/redis_server.h>
#include <sluice/schema.h>

namespace sluice {

// The nearest documents. Each has its distance as field "vector_distance".
struct VectorQuery {
  std::string field{};
  std::vector<float> vector{};
  std::size_t count = 10;
  Filter filter{};
  std::vector<std::string> return_fields{};
};

// The nearest documents within a distance, which belongs to it. Not on valkey-search.
struct RangeQuery {
  std::string field{};
  std::vector<float> vector{};
  double distance_threshold = 0.2;
  std::size_t count = 10;
  Filter filter{};
  std::vector<std::string> return_fields{};
  std::optional<double> epsilon{};  // widens the walk through an HNSW graph; absent = the index's
};

// Documents that pass a filter.
struct FilterQuery {
  Filter filter{};
  std::size_t count = 10;
  std::optional<std::vector<std::string>> return_fields{};  // absent = all, vectors as raw bytes
  std::string sort_by{};                                    // empty = in no order
  bool descending = false;
};

struct CreateOptions {
  bool overwrite = false;       // replaces an index of that name
  bool drop_documents = false;  // and erases what it held
};

// Names and values of one document. A vector is its raw bytes (vector_bytes).
using Record = std::map<std::string, std::string>;

struct LoadOptions {
  std::string id_field{};           // the field whose value ends the key
  std::vector<std::string> keys{};  // whole keys instead, one for each record
  std::optional<std::chrono::seconds> ttl{};
};

class SearchIndex {
 public:
  explicit SearchIndex(Schema schema, RedisServer server = {});
  // The index as the server knows it. Throws: not_found.
  static SearchIndex from_existing(const std::string& name, RedisServer server = {});
  static std::vector<std::string> list_all(RedisServer server = {});
  ~SearchIndex();
  SearchIndex(SearchIndex&&) noexcept;
  SearchIndex& operator=(SearchIndex&&) noexcept;

  bool exists() const;
  // False: an index of that name is there already, and was left alone.
  bool create(const CreateOptions& options = {});
  // Throws: not_found. Documents stay unless told.
  void destroy(bool drop_documents = false);
  IndexInfo info() const;

  // Writes documents (hashes); returns their keys. Without an id or keys, an id is made.
  std::vector<std::string> load(const std::vector<Record>& records,
                                const LoadOptions& options = {});
  // Nothing when there is no such document.
  std::optional<Record> fetch(const std::string& id) const;
  std::size_t drop_keys(const std::vector<std::string>& keys);

  std::vector<Document> query(const VectorQuery& query) const;
  std::vector<Document> query(const RangeQuery& query) const;
  std::vector<Document> query(const FilterQuery& query) const;
  std::size_t count(const Filter& filter = {}) const;
  // Gives page after page until there is no more, or `use` returns false. `query.count` has no
  // meaning. A document that is written or erased meanwhile may be seen twice or not at all.
  void paginate(const FilterQuery& query, std::size_t page_size,
                const std::function<bool(std::vector<Document>&& page)>& use) const;

  std::future<std::vector<Document>> query_async(VectorQuery query) const;
  std::future<std::vector<Document>> query_async(RangeQuery query) const;
  std::future<std::vector<Document>> query_async(FilterQuery query) const;

  const Schema& schema() const;

 private:
  class Impl;
  explicit SearchIndex(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

// The bytes of a vector as a hash holds them, for load().
std::string vector_bytes(const std::vector<float>& vector, VectorType type = VectorType::float32);

}  // namespace sluice
