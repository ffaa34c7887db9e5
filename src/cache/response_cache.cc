#include "cache/response_cache.h"

#include <chrono>

#include "base/unix_time.h"
#include "cache/key_format.h"
#include "cache/redis_report.h"
#include "cache/shared_semantic.h"
#include "redis/client.h"
#include "store/disk_store.h"
#include "store/memory_store.h"
#include "store/redis_store.h"
#include "store/tiered_store.h"

namespace sluice::cache {

SharedCache::SharedCache(CacheSettings settings)
    : settings_(std::move(settings)),
      memory_(std::make_shared<store::MemoryStore>(settings_.memory_bytes)) {}

Result<std::shared_ptr<SharedCache>> SharedCache::open(CacheSettings settings,
                                                       embed::Models& models) {
  std::shared_ptr<SharedCache> shared(new SharedCache(std::move(settings)));
  const CacheSettings& set = shared->settings_;
  if (!set.disk_dir.empty() && !set.redis) {
    TRY(shared->disk_,
        store::DiskStore::open({.directory = set.disk_dir, .capacity_bytes = set.disk_bytes}));
  }
  shared->semantic_ = open_shared_semantic(set, models, shared->disk_);
  return shared;
}

ResponseCache::ResponseCache(std::shared_ptr<SharedCache> shared, io::Loop& loop,
                             std::shared_ptr<Embedder> embedder)
    : shared_(std::move(shared)) {
  if (settings().redis)
    open_redis(loop);
  else
    backing_ = shared_->disk_;
  if (backing_ != nullptr)
    tiers_ = std::make_unique<store::TieredStore>(shared_->memory_, backing_);
  if (shared_->semantic_ != nullptr)
    semantic_ = make_semantic(*shared_->semantic_, loop, {connector_.get(), client_.get()},
                              std::move(embedder));
}

ResponseCache::~ResponseCache() = default;

void ResponseCache::open_redis(io::Loop& loop) {
  connector_ = std::make_unique<io::Connector>(loop, nullptr);
  client_ = std::make_unique<redis::Client>(
      loop, *connector_, std::make_shared<const RedisOptions>(*settings().redis));
  const auto owns = [scheme = settings().key_scheme](std::string_view key) {
    return is_key_of(scheme, key);
  };
  backing_ = std::make_shared<store::RedisStore>(
      *client_, store::RedisStore::Options{.name_space = settings().name_space, .owns = owns});
}

const SemanticCounts* ResponseCache::semantic_counts() const {
  return semantic_ == nullptr ? nullptr : &shared_->semantic_->counts;
}

store::Store& ResponseCache::slowest() const {
  if (tiers_ != nullptr) return *tiers_;
  return *shared_->memory_;
}

io::WaitLimit ResponseCache::limit(io::CancelToken* cancel) const {
  const Milliseconds patience = settings().redis ? settings().redis->deadline : Milliseconds(1000);
  return {.deadline = io::Clock::now() + patience, .cancel = cancel};
}

std::unique_ptr<const Hit> ResponseCache::read(provider::Endpoint endpoint,
                                               store::Bytes bytes) const {
  if (bytes == nullptr) return nullptr;
  auto hit = std::make_unique<Hit>();
  if (settings().key_scheme == KeyScheme::litellm) {
    auto answer = decode_litellm(endpoint, *bytes);
    if (!answer) return nullptr;
    hit->unwrapped = std::move(answer->body);
    hit->entry = {.stored_at = answer->stored_at, .body = hit->unwrapped};
  } else {
    const auto entry = decode_entry(*bytes);
    if (!entry) return nullptr;
    hit->entry = *entry;
  }
  hit->bytes = std::move(bytes);
  return hit;
}

std::unique_ptr<const Hit> ResponseCache::find_now(provider::Endpoint endpoint,
                                                   std::string_view key) {
  return read(endpoint, shared_->memory_->find(key));
}

io::Async<std::unique_ptr<const Hit>> ResponseCache::find(provider::Endpoint endpoint,
                                                          std::string_view key,
                                                          io::CancelToken* cancel) {
  if (tiers_ == nullptr) co_return find_now(endpoint, key);
  auto found = co_await tiers_->get(key, limit(cancel));
  if (!found) co_return nullptr;
  co_return read(endpoint, std::move(*found));
}

store::Bytes ResponseCache::encode(provider::Endpoint endpoint, Entry& entry,
                                   std::optional<Milliseconds> ttl) const {
  entry.stored_at = unix_seconds();
  if (ttl) entry.expires_at = entry.stored_at + std::chrono::duration<double>(*ttl).count();
  return std::make_shared<const std::string>(settings().key_scheme == KeyScheme::litellm
                                                 ? encode_litellm(endpoint, entry)
                                                 : encode_entry(entry));
}

// An item of an embedding request is never told once it has ended.
std::optional<Milliseconds> ResponseCache::stored_for(provider::Endpoint endpoint,
                                                      std::optional<Milliseconds> ttl) const {
  if (ttl && endpoint != provider::Endpoint::embeddings) *ttl += settings().stale_if_error;
  return ttl;
}

bool ResponseCache::keep_now(provider::Endpoint endpoint, std::string_view key, Entry entry,
                             std::optional<Milliseconds> ttl) {
  if (tiers_ != nullptr) return false;
  shared_->memory_->keep(key, encode(endpoint, entry, ttl), stored_for(endpoint, ttl));
  return true;
}

io::Async<Done> ResponseCache::keep(provider::Endpoint endpoint, std::string_view key, Entry entry,
                                    std::optional<Milliseconds> ttl) {
  store::Bytes bytes = encode(endpoint, entry, ttl);
  co_await slowest().put(key, std::move(bytes), stored_for(endpoint, ttl), limit(nullptr));
  co_return Done{};
}

io::Async<Status> ResponseCache::check(io::WaitLimit limit) {
  co_return co_await slowest().check(limit);
}

io::Async<Result<ResponseCache::Stored>> ResponseCache::look(std::string_view key,
                                                             io::WaitLimit limit) {
  store::Found found;
  if (backing_ != nullptr) {
    CO_TRY(found, co_await backing_->look(key, limit));
  } else {
    found.bytes = shared_->memory_->find(key);
  }
  Stored stored{.left = found.left};
  using provider::Endpoint;
  for (const Endpoint each : {Endpoint::chat, Endpoint::completions, Endpoint::embeddings}) {
    if (stored.hit == nullptr) stored.hit = read(each, found.bytes);
  }
  co_return std::move(stored);
}

io::Async<Result<bool>> ResponseCache::erase(std::string_view key, io::WaitLimit limit) {
  co_return co_await slowest().erase(key, limit);
}

io::Async<Result<std::size_t>> ResponseCache::clear(io::WaitLimit limit) {
  const std::string& name_space = settings().name_space;
  const std::string prefix = name_space.empty() ? "" : name_space + ":";
  CO_TRY(std::size_t count, co_await slowest().clear(prefix, limit));
  // An index that other programs share, or that holds several namespaces, is not ours to empty.
  const bool own_index = settings().type == CacheType::semantic && name_space.empty();
  if (semantic_ != nullptr && own_index) {
    CO_TRY(const std::size_t entries, co_await semantic_->index().clear(limit));
    count += entries;
  }
  co_return count;
}

io::Async<Result<ResponseCache::Stats>> ResponseCache::stats(io::WaitLimit limit) {
  Stats rows{{shared_->memory_->name(), shared_->memory_->count()}};
  if (tiers_ != nullptr) {
    CO_TRY(const auto row, co_await tiers_->stats(limit));
    rows.emplace_back(tiers_->name(), row);
  }
  co_return rows;
}

io::Async<Result<std::string>> ResponseCache::redis_info(io::WaitLimit limit) {
  if (client_ == nullptr) co_return fail(gateway_error("the cache has no Redis"));
  const redis::Command ask{"INFO"};
  CO_TRY(const redis::Reply info, co_await client_->run_on_master(0, ask, limit));
  const redis::Command list{"CLIENT", "LIST"};
  CO_TRY(const redis::Reply clients, co_await client_->run_on_master(0, list, limit));
  for (const redis::Reply* reply : {&info, &clients})
    if (reply->is_error()) co_return fail(gateway_error("the Redis refuses: " + reply->text));
  std::size_t count = 0;
  const std::string rows = clients_json(clients.text, count);
  co_return "{\"num_clients\":" + std::to_string(count) + ",\"clients\":" + rows +
      ",\"info\":" + info_json(info.text) + "}";
}

}  // namespace sluice::cache
