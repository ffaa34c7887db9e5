// The disk or the Redis of a configuration, without a gateway.
#include <functional>
#include <optional>

#include "base/unix_time.h"
#include "cache/report.h"
#include "embed/models.h"
#include "io/loop.h"
#include "sluice/cache_access.h"

namespace sluice {
namespace {

constexpr Milliseconds patience{30'000};  // a large Redis takes its time to be cleared

io::WaitLimit limit() { return {.deadline = io::Clock::now() + patience}; }

template <class T>
io::Detached drive(io::Loop& loop, const std::function<io::Async<T>()>& start,
                   std::optional<T>& result) {
  T value = co_await start();
  result.emplace(std::move(value));
  loop.stop();
}

class StoredCache final : public CacheAccess {
 public:
  StoredCache(std::shared_ptr<cache::SharedCache> shared, CacheType type)
      : type_(type), cache_(std::move(shared), loop_) {}

  Result<std::string> stats() override {
    using Stats = cache::ResponseCache::Stats;
    TRY(Stats stats, wait_for<Result<Stats>>([&] { return cache_.stats(limit()); }));
    stats.erase(stats.begin());  // the memory of this process, which is empty
    return cache::stats_json(type_, stats);
  }
  Result<std::string> entry(std::string_view key) override {
    using Stored = cache::ResponseCache::Stored;
    TRY(const Stored stored, wait_for<Result<Stored>>([&] { return cache_.look(key, limit()); }));
    if (stored.hit != nullptr) return cache::entry_json(key, stored, unix_seconds());
    Error error = client_error("no answer is kept under that key.");
    error.code = ErrorCode::not_found;
    return fail(std::move(error));
  }
  Result<std::string> erase(const std::vector<std::string>& keys) override {
    std::size_t erased = 0;
    for (const std::string& key : keys) {
      TRY(const bool was_there, wait_for<Result<bool>>([&] { return cache_.erase(key, limit()); }));
      if (was_there) erased++;
    }
    return cache::deleted_json(erased);
  }
  Result<std::string> clear() override {
    TRY(const std::size_t erased,
        wait_for<Result<std::size_t>>([&] { return cache_.clear(limit()); }));
    return cache::deleted_json(erased);
  }

 private:
  template <class T>
  T wait_for(const std::function<io::Async<T>()>& start) {
    std::optional<T> result;
    loop_.post([&] { drive<T>(loop_, start, result); });
    loop_.run();
    return std::move(*result);
  }

  CacheType type_;
  io::Loop loop_;
  cache::ResponseCache cache_;
};

}  // namespace

Result<std::unique_ptr<CacheAccess>> open_stored_cache(const CacheSettings& settings) {
  CacheSettings exact = settings;  // entries are looked at by their keys: no encoder is needed
  exact.type = settings.redis ? CacheType::redis : CacheType::disk;
  embed::Models models;
  TRY(auto shared, cache::SharedCache::open(std::move(exact), models));
  return std::make_unique<StoredCache>(std::move(shared), settings.type);
}

}  // namespace sluice
