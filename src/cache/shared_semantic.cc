#include "cache/shared_semantic.h"

#include "cache/late_index.h"
#include "cache/local_embedder.h"
#include "cache/probed_index.h"
#include "embed/model_location.h"
#include "semantic/compare.h"
#include "store/redis_store.h"

namespace sluice::cache {

namespace {

// The vectors of the latest texts: some 10,000 of 384 dimensions, 2,500 of 1536.
constexpr std::size_t remembered_bytes = 16 << 20;

// The encoder of this process that makes the vectors; nothing: a model elsewhere does.
std::optional<std::string_view> local_encoder(const SemanticSettings& settings) {
  constexpr std::string_view own = "sluice/";
  const std::string_view model = settings.vector_model;
  if (model.empty()) return embed::default_model;
  if (model.starts_with(own)) return model.substr(own.size());
  return std::nullopt;
}

// Of a model elsewhere, which may change its dimensions under the same name.
std::string remote_space(const SemanticSettings& settings, std::size_t dims) {
  return settings.vector_model + " " + std::to_string(dims);
}

Status open_local(std::string_view encoder, embed::Models& models, SharedSemantic& shared) {
  TRY(shared.pool, models.pool(encoder));
  const embed::Encoder& its = shared.pool->encoder();
  return shared.open(static_cast<std::size_t>(its.dimensions()), its.space());
}

std::shared_ptr<SemanticIndex> redis_index(SharedSemantic& shared, io::Loop& loop,
                                           RedisAccess redis, std::size_t dims,
                                           const std::string& space) {
  const CacheSettings& settings = shared.settings;
  const bool is_shared = settings.type == CacheType::redis_semantic;
  return std::make_shared<ProbedIndex>(ReplicatedIndex::Parts{
      .loop = loop,
      .connector = *redis.connector,
      .client = *redis.client,
      .redis = std::make_shared<const RedisOptions>(*settings.redis),
      .replica = shared.replica,
      .options = {.name = settings.semantic.index_name,
                  .dims = dims,
                  .space = space,
                  .layout = is_shared ? IndexLayout::shared : IndexLayout::own,
                  .is_cluster = settings.redis->topology == RedisTopology::cluster}});
}

// All indexes of that name: which one a model's entries are in shows with its first vector.
io::Async<Result<std::size_t>> clear_redis(redis::Client& client, std::string name,
                                           io::WaitLimit limit) {
  store::RedisStore keys(client, {});
  const std::string prefix = name + ":";
  co_return co_await keys.clear(prefix, limit);
}

// The disk is emptied with the exact cache, which lies in the same file.
io::Async<Result<std::size_t>> clear_nothing() { co_return std::size_t{0}; }

std::shared_ptr<SemanticIndex> late_index(SharedSemantic& shared, io::Loop& loop,
                                          RedisAccess redis) {
  const auto make = [&shared, &loop, redis](std::size_t dims) -> std::shared_ptr<SemanticIndex> {
    if (shared.embedded != nullptr) return shared.embedded;
    return redis_index(shared, loop, redis, dims, remote_space(shared.settings.semantic, dims));
  };
  const auto clear = [&shared, redis](io::WaitLimit limit) {
    if (redis.client == nullptr) return clear_nothing();
    return clear_redis(*redis.client, shared.settings.semantic.index_name, limit);
  };
  return std::make_shared<LateIndex>(LateIndex::Parts{
      .loop = loop, .opening = *shared.opening, .make = make, .clear_unopened = clear});
}

std::shared_ptr<SemanticIndex> local_index(SharedSemantic& shared, io::Loop& loop,
                                           RedisAccess redis) {
  if (shared.embedded != nullptr) return shared.embedded;
  const embed::Encoder& encoder = shared.pool->encoder();
  return redis_index(shared, loop, redis, static_cast<std::size_t>(encoder.dimensions()),
                     encoder.space());
}

}  // namespace

SharedSemantic::SharedSemantic(const CacheSettings& its_settings,
                               std::shared_ptr<store::DiskStore> its_disk)
    : settings(its_settings), disk(std::move(its_disk)), memo(remembered_bytes) {}

Status SharedSemantic::open(std::size_t dims, const std::string& space) {
  if (settings.redis) {
    TRY(replica, Replica::make(dims, settings.memory_bytes));
    return Done{};
  }
  TRY(embedded,
      EmbeddedIndex::open(
          {.dims = dims, .space = space, .capacity_bytes = settings.memory_bytes, .disk = disk}));
  return Done{};
}

std::shared_ptr<SharedSemantic> open_shared_semantic(const CacheSettings& settings,
                                                     embed::Models& models,
                                                     std::shared_ptr<store::DiskStore> disk) {
  const bool wanted =
      settings.type == CacheType::semantic || settings.type == CacheType::redis_semantic;
  if (!wanted || settings.semantic.mode == SemanticMode::off) return nullptr;
  auto shared = std::make_shared<SharedSemantic>(settings, std::move(disk));
  if (const auto encoder = local_encoder(settings.semantic)) {
    const Status opened = open_local(*encoder, models, *shared);
    if (!opened) return say_unmatched(opened.error().message), nullptr;
  } else {
    shared->opening = std::make_unique<Opening>([&shared = *shared](std::size_t dims) {
      return shared.open(dims, remote_space(shared.settings.semantic, dims));
    });
  }
  semantic::prepare_comparisons();
  return shared;
}

std::unique_ptr<SemanticCache> make_semantic(SharedSemantic& shared, io::Loop& loop,
                                             RedisAccess redis, std::shared_ptr<Embedder> remote) {
  const bool is_local = shared.pool != nullptr;
  if (!is_local && remote == nullptr) return nullptr;
  return std::make_unique<SemanticCache>(SemanticCache::Parts{
      .settings = shared.settings,
      .counts = shared.counts,
      .record = shared.record,
      .memo = shared.memo,
      .embedder = is_local ? std::make_shared<LocalEmbedder>(loop, *shared.pool) : remote,
      .index = is_local ? local_index(shared, loop, redis) : late_index(shared, loop, redis)});
}

}  // namespace sluice::cache
