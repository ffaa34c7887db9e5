#include <sluice/semantic_cache.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "base/json_scan.h"
#include "client/cache_store.h"
#include "client/failures.h"
#include "client/runtime.h"
#include "search/cache_layout.h"
#include "search/filter.h"

namespace sluice {

using client::value_of;

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Exception(Failed::argument, message); }

double checked_threshold(double distance) {
  if (!(distance >= 0 && distance <= 2))
    refuse("a distance threshold must be between 0 and 2, where 0 means the same");
  return distance;
}

std::optional<std::chrono::seconds> checked_ttl(std::optional<std::chrono::seconds> ttl) {
  if (ttl && ttl->count() <= 0) refuse("a ttl must be positive; without one entries stay");
  return ttl;
}

void check_text(std::string_view text, const std::string& name) {
  if (!is_utf8(text)) refuse(name + " is not UTF-8");
}

void check_metadata(const std::optional<std::string>& metadata) {
  JsonFields fields;
  if (metadata && scan_json_object(*metadata, fields)) refuse("metadata must be a JSON object");
}

void check_filters(const std::map<std::string, std::string>& filters, const Schema& schema) {
  for (const auto& [name, value] : filters) {
    if (schema.find(name) == nullptr || search::is_reserved(name))
      refuse("`" + name + "` is not among the cache's filterable_fields");
    check_text(value, "the value of `" + name + "`");
  }
}

Schema schema_of(const CacheOptions& options, std::size_t dims) {
  if (options.name.empty()) refuse("a cache needs a name");
  for (const Field& field : options.filterable_fields) {
    if (search::is_reserved(field.name))
      refuse("`" + field.name + "` is a reserved field name of the cache");
    if (field.vector() != nullptr) refuse("`" + field.name + "` can't be filtered by: a vector");
  }
  Schema schema = search::cache_schema(options.name, dims, options.filterable_fields);
  value_of(search::check(schema));
  return schema;
}

}  // namespace

class SemanticCache::Impl {
 public:
  explicit Impl(CacheOptions options)
      : vectorizer(options.vectorizer ? *options.vectorizer : Vectorizer::local()),
        refresh_ttl_on_hit(options.refresh_ttl_on_hit),
        threshold(checked_threshold(options.distance_threshold)),
        ttl_(checked_ttl(options.ttl)) {
    Schema schema = schema_of(options, vectorizer.dims());
    if (const auto* server = std::get_if<RedisServer>(&options.store))
      store = client::open_redis_store(*server, std::move(schema), options.overwrite);
    else
      store = client::open_embedded_store(std::get<Embedded>(options.store), std::move(schema),
                                          vectorizer.space());
  }

  std::vector<CacheHit> check(std::string_view prompt, const CheckOptions& options) const {
    const double distance = checked_threshold(options.distance_threshold.value_or(threshold));
    if (options.num_results == 0) return {};
    value_of(search::text_of(options.filter));
    const auto vector = vector_for(prompt, options.vector);
    auto hits = store->find({vector, options.num_results, distance, options.filter});
    if (const auto time = ttl(); time && refresh_ttl_on_hit && !hits.empty()) {
      std::vector<std::string> keys;
      for (const CacheHit& hit : hits) keys.push_back(hit.key);
      store->expire(keys, *time);
    }
    return hits;
  }

  std::string put(std::string_view prompt, std::string_view response, const StoreOptions& options) {
    check_text(prompt, "the prompt");
    check_text(response, "the response");
    check_metadata(options.metadata);
    check_filters(options.filters, store->schema());
    const auto time = checked_ttl(options.ttl ? options.ttl : ttl());
    const auto vector = vector_for(prompt, options.vector);
    return store->put(
        {.id = search::entry_id(prompt, {options.filters.begin(), options.filters.end()}),
         .prompt = prompt,
         .response = response,
         .vector = vector,
         .metadata = options.metadata,
         .filters = options.filters,
         .ttl = time});
  }

  void update(const std::string& key, const EntryChange& change) {
    check_key(key);
    if (change.response) check_text(*change.response, "the response");
    check_metadata(change.metadata);
    check_filters(change.filters, store->schema());
    checked_ttl(change.ttl);
    if (!store->change(key, change))
      throw Exception(Failed::not_found, "there is no entry under the key " + key);
  }

  std::size_t drop_keys(const std::vector<std::string>& keys) {
    std::ranges::for_each(keys, [this](const auto& key) { check_key(key); });
    return store->erase(keys);
  }

  std::size_t drop(const std::vector<std::string>& ids) {
    std::vector<std::string> keys;
    for (const std::string& id : ids) keys.push_back(store->schema().key_of(id));
    return store->erase(keys);
  }

  std::optional<std::chrono::seconds> ttl() const {
    const std::lock_guard lock(mutex_);
    return ttl_;
  }
  void set_ttl(std::optional<std::chrono::seconds> ttl) {
    checked_ttl(ttl);
    const std::lock_guard lock(mutex_);
    ttl_ = ttl;
  }

  const Vectorizer vectorizer;
  const bool refresh_ttl_on_hit;
  std::atomic<double> threshold;
  std::unique_ptr<client::CacheStore> store;

 private:
  // Neither an entry of another cache nor any other key is touched.
  void check_key(const std::string& key) const {
    const std::string& name = store->schema().name;
    if (!search::is_cache_key(name, key))
      refuse("the key " + key + " is not one of the cache `" + name + "`");
  }

  std::vector<float> vector_for(std::string_view prompt,
                                const std::optional<std::vector<float>>& given) const {
    if (!given) return vectorizer.embed(prompt);
    if (given->size() != vectorizer.dims()) {
      refuse("the vector has " + std::to_string(given->size()) + " dimensions; the cache has " +
             std::to_string(vectorizer.dims()));
    }
    if (!std::ranges::all_of(*given, [](float value) { return std::isfinite(value); }))
      refuse("the vector holds a number that is not finite");
    return *given;
  }

  mutable std::mutex mutex_;
  std::optional<std::chrono::seconds> ttl_;  // guarded by the mutex
};

SemanticCache::SemanticCache(CacheOptions options)
    : impl_(std::make_shared<Impl>(std::move(options))) {}
SemanticCache::~SemanticCache() = default;
SemanticCache::SemanticCache(SemanticCache&&) noexcept = default;
SemanticCache& SemanticCache::operator=(SemanticCache&&) noexcept = default;

std::vector<CacheHit> SemanticCache::check(std::string_view prompt,
                                           const CheckOptions& options) const {
  return impl_->check(prompt, options);
}

std::string SemanticCache::store(std::string_view prompt, std::string_view response,
                                 const StoreOptions& options) {
  return impl_->put(prompt, response, options);
}

void SemanticCache::update(const std::string& key, const EntryChange& change) {
  impl_->update(key, change);
}

std::size_t SemanticCache::drop(const std::vector<std::string>& ids) { return impl_->drop(ids); }
std::size_t SemanticCache::drop_keys(const std::vector<std::string>& keys) {
  return impl_->drop_keys(keys);
}
std::size_t SemanticCache::clear() { return impl_->store->clear(); }
void SemanticCache::destroy() { impl_->store->destroy(); }

// What is started keeps the cache's insides alive until it is done.

std::future<std::vector<CacheHit>> SemanticCache::check_async(std::string prompt,
                                                              CheckOptions options) const {
  return client::Runtime::shared().later<std::vector<CacheHit>>(
      [impl = impl_, prompt = std::move(prompt), options = std::move(options)] {
        return impl->check(prompt, options);
      });
}

std::future<std::string> SemanticCache::store_async(std::string prompt, std::string response,
                                                    StoreOptions options) {
  return client::Runtime::shared().later<std::string>(
      [impl = impl_, prompt = std::move(prompt), response = std::move(response),
       options = std::move(options)] { return impl->put(prompt, response, options); });
}

std::future<void> SemanticCache::update_async(std::string key, EntryChange change) {
  return client::Runtime::shared().later<void>(
      [impl = impl_, key = std::move(key), change = std::move(change)] {
        impl->update(key, change);
      });
}

std::future<std::size_t> SemanticCache::drop_async(std::vector<std::string> ids) {
  return client::Runtime::shared().later<std::size_t>(
      [impl = impl_, ids = std::move(ids)] { return impl->drop(ids); });
}

std::future<std::size_t> SemanticCache::clear_async() {
  return client::Runtime::shared().later<std::size_t>(
      [impl = impl_] { return impl->store->clear(); });
}

void SemanticCache::set_ttl(std::optional<std::chrono::seconds> ttl) { impl_->set_ttl(ttl); }
std::optional<std::chrono::seconds> SemanticCache::ttl() const { return impl_->ttl(); }
void SemanticCache::set_distance_threshold(double threshold) {
  impl_->threshold = checked_threshold(threshold);
}
double SemanticCache::distance_threshold() const { return impl_->threshold; }
const Schema& SemanticCache::schema() const { return impl_->store->schema(); }

}  // namespace sluice
