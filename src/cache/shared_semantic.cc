#include "cache/shared_semantic.h"

#include "base/log.h"
#include "cache/local_embedder.h"
#include "cache/probed_index.h"
#include "embed/model_location.h"
#include "semantic/compare.h"

namespace sluice::cache {

namespace {

// The vectors of the latest texts: some 10,000 of 384 dimensions, 2,500 of 1536.
constexpr std::size_t remembered_bytes = 16 << 20;

void say_without(const std::string& why) {
  log(LogLevel::warn, "questions are not matched by meaning: " + why);
}

Status open_vectors(const CacheSettings& settings, std::shared_ptr<store::DiskStore> disk,
                    SharedSemantic& shared) {
  const embed::Encoder& encoder = shared.pool->encoder();
  const auto dims = static_cast<std::size_t>(encoder.dimensions());
  if (settings.redis) {
    TRY(shared.replica, Replica::make(dims, settings.memory_bytes));
    return Done{};
  }
  TRY(shared.embedded, EmbeddedIndex::open({.dims = dims,
                                            .space = encoder.space(),
                                            .capacity_bytes = settings.memory_bytes,
                                            .disk = std::move(disk)}));
  return Done{};
}

}  // namespace

SharedSemantic::SharedSemantic(std::shared_ptr<embed::Pool> its_pool)
    : pool(std::move(its_pool)), memo(remembered_bytes) {}

std::shared_ptr<SharedSemantic> open_shared_semantic(const CacheSettings& settings,
                                                     embed::Models& models,
                                                     std::shared_ptr<store::DiskStore> disk) {
  const bool wanted =
      settings.type == CacheType::semantic || settings.type == CacheType::redis_semantic;
  if (!wanted || settings.semantic.mode == SemanticMode::off) return nullptr;
  if (!settings.semantic.embedding_model.empty()) {
    say_without("the embedding model `" + settings.semantic.embedding_model +
                "` can't be asked yet; `embedding_model: built-in` can");
    return nullptr;
  }
  auto pool = models.pool(embed::default_model);
  if (!pool) {
    say_without(pool.error().message);
    return nullptr;
  }
  auto shared = std::make_shared<SharedSemantic>(*pool);
  const Status opened = open_vectors(settings, std::move(disk), *shared);
  if (!opened) {
    say_without(opened.error().message);
    return nullptr;
  }
  semantic::prepare_comparisons();
  return shared;
}

std::unique_ptr<SemanticCache> make_semantic(const CacheSettings& settings, SharedSemantic& shared,
                                             io::Loop& loop, RedisAccess redis) {
  const embed::Encoder& encoder = shared.pool->encoder();
  std::shared_ptr<SemanticIndex> index = shared.embedded;
  if (shared.replica != nullptr) {
    const bool is_shared = settings.type == CacheType::redis_semantic;
    index = std::make_shared<ProbedIndex>(ReplicatedIndex::Parts{
        .loop = loop,
        .connector = *redis.connector,
        .client = *redis.client,
        .redis = std::make_shared<const RedisOptions>(*settings.redis),
        .replica = shared.replica,
        .options = {.name = settings.semantic.index_name,
                    .dims = static_cast<std::size_t>(encoder.dimensions()),
                    .space = encoder.space(),
                    .layout = is_shared ? IndexLayout::shared : IndexLayout::own,
                    .is_cluster = settings.redis->topology == RedisTopology::cluster}});
  }
  return std::make_unique<SemanticCache>(SemanticCache::Parts{
      .settings = settings,
      .counts = shared.counts,
      .record = shared.record,
      .memo = shared.memo,
      .embedder = std::make_shared<LocalEmbedder>(loop, *shared.pool),
      .index = std::move(index)});
}

}  // namespace sluice::cache
