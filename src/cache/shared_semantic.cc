#include "cache/shared_semantic.h"

#include "base/log.h"
#include "embed/model_location.h"
#include "semantic/compare.h"

namespace sluice::cache {

namespace {

constexpr std::size_t remembered_texts = 10'000;

void say_without(const std::string& why) {
  log(LogLevel::warn, "questions are not matched by meaning: " + why);
}

}  // namespace

SharedSemantic::SharedSemantic(std::shared_ptr<embed::Pool> its_pool)
    : pool(std::move(its_pool)), memo(remembered_texts) {}

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
  const embed::Encoder& encoder = (*pool)->encoder();
  auto shared = std::make_shared<SharedSemantic>(*pool);
  auto index = EmbeddedIndex::open({.dims = static_cast<std::size_t>(encoder.dimensions()),
                                    .space = encoder.space(),
                                    .capacity_bytes = settings.memory_bytes,
                                    .disk = std::move(disk)});
  if (!index) {
    say_without(index.error().message);
    return nullptr;
  }
  shared->embedded = std::move(*index);
  semantic::prepare_comparisons();
  return shared;
}

std::unique_ptr<SemanticCache> make_semantic(const CacheSettings& settings, SharedSemantic& shared,
                                             io::Loop& loop) {
  return std::make_unique<SemanticCache>(SemanticCache::Parts{
      .settings = settings,
      .counts = shared.counts,
      .record = shared.record,
      .embedder = std::make_shared<LocalEmbedder>(loop, *shared.pool, &shared.memo),
      .index = shared.embedded});
}

}  // namespace sluice::cache
