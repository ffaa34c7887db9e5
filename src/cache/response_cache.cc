#include "cache/response_cache.h"

#include <chrono>

#include "store/memory_store.h"

namespace sluice::cache {

namespace {

double unix_now() {
  using Seconds = std::chrono::duration<double>;
  return Seconds(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

SharedCache::SharedCache(CacheSettings settings)
    : settings_(std::move(settings)),
      memory_(std::make_shared<store::MemoryStore>(settings_.memory_bytes)) {}

Result<std::shared_ptr<SharedCache>> SharedCache::open(CacheSettings settings) {
  return std::shared_ptr<SharedCache>(new SharedCache(std::move(settings)));
}

ResponseCache::ResponseCache(std::shared_ptr<SharedCache> shared, io::Loop& /*loop*/,
                             io::Connector& /*connector*/)
    : shared_(std::move(shared)), store_(shared_->memory_.get()) {}

ResponseCache::~ResponseCache() = default;

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
  if (store_ == shared_->memory_.get()) co_return find_now(endpoint, key);
  auto found = co_await store_->get(key, limit(cancel));
  if (!found) co_return nullptr;
  co_return read(endpoint, std::move(*found));
}

io::Async<Done> ResponseCache::keep(provider::Endpoint endpoint, std::string_view key, Entry entry,
                                    std::optional<Milliseconds> ttl) {
  entry.stored_at = unix_now();
  if (ttl) entry.expires_at = entry.stored_at + std::chrono::duration<double>(*ttl).count();
  auto bytes = std::make_shared<const std::string>(
      settings().key_scheme == KeyScheme::litellm
          ? encode_litellm(endpoint, entry.body, entry.stored_at)
          : encode_entry(entry));
  co_await store_->put(key, std::move(bytes), ttl, limit(nullptr));
  co_return Done{};
}

io::Async<Status> ResponseCache::check(io::WaitLimit limit) {
  co_return co_await store_->check(limit);
}

io::Async<Result<bool>> ResponseCache::erase(std::string_view key, io::WaitLimit limit) {
  co_return co_await store_->erase(key, limit);
}

io::Async<Result<std::size_t>> ResponseCache::clear(io::WaitLimit limit) {
  const std::string& name_space = settings().name_space;
  const std::string prefix = name_space.empty() ? "" : name_space + ":";
  co_return co_await store_->clear(prefix, limit);
}

io::Async<Result<ResponseCache::Stats>> ResponseCache::stats(io::WaitLimit limit) {
  Stats rows;
  for (store::Store* store : stores()) {
    auto row = co_await store->stats(limit);
    if (!row) co_return fail(std::move(row).error());
    rows.emplace_back(store->name(), *row);
  }
  co_return rows;
}

std::vector<store::Store*> ResponseCache::stores() const {
  std::vector<store::Store*> list{shared_->memory_.get()};
  if (store_ != list.front()) list.push_back(store_);
  return list;
}

}  // namespace sluice::cache
