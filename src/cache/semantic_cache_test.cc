#include "cache/semantic_cache.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/unix_time.h"
#include "cache/embedded_index.h"
#include "io/testing.h"

namespace sluice::cache {
namespace {

using io::testing::run;

// Vectors in a plane, at an angle that each text has; others have none.
struct FakeEmbedder final : Embedder {
  io::Async<Result<Vector>> embed(std::string_view text, embed::LongText, io::WaitLimit) override {
    asked++;
    const auto found = cosines.find(text);
    if (found == cosines.end()) co_return fail(error);
    const float x = found->second;
    co_return std::make_shared<const std::vector<float>>(
        std::vector<float>{x, std::sqrt(1 - x * x)});
  }
  std::string_view space() const override { return "0123456789abcdef"; }
  bool is_built_in() const override { return built_in; }
  bool is_costly() const override { return costly; }
  Milliseconds patience() const override { return Milliseconds(10'000); }

  std::map<std::string, float, std::less<>> cosines;  // with a text at an angle of 0
  Error error = gateway_error("no vector");
  bool built_in = false, costly = true;
  int asked = 0;
};

constexpr std::string_view answer =
    R"({"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"yes"}}]})";

struct SemanticCacheTest : ::testing::Test {
  void make(SemanticSettings wish = {}) {
    settings.semantic = std::move(wish);
    cache = std::make_unique<SemanticCache>(SemanticCache::Parts{.settings = settings,
                                                                 .counts = counts,
                                                                 .record = record,
                                                                 .memo = memo,
                                                                 .embedder = embedder,
                                                                 .index = index});
  }
  AskedQuestion question(const std::string& text) {
    const std::string body = R"({"messages":[{"role":"user","content":")" + text + R"("}]})";
    JsonFields fields;
    EXPECT_FALSE(scan_json_object(body, fields));
    return *cache->prepare({.group = "g", .fields = &fields});
  }
  bool hits(const std::string& text) {
    AskedQuestion asked = question(text);
    found = run(loop, cache->find(asked, 0, nullptr));
    EXPECT_EQ(found.hit.has_value(), found.outcome == SemanticOutcome::hit);
    return found.hit.has_value();
  }
  void keep(const std::string& text) {
    AskedQuestion asked = question(text);
    run(loop, cache->keep(asked, answer, std::nullopt));
  }
  // Whether the second is answered from the first.
  bool answers(const std::string& stored, const std::string& other, float cosine) {
    embedder->cosines = {{stored, 1}, {other, cosine}};
    keep(stored);
    return hits(other);
  }

  io::Loop loop;
  CacheSettings settings;
  SemanticCounts counts;
  SemanticFound found{};
  ScopeRecord record;
  VectorMemo memo{1 << 20};
  std::shared_ptr<FakeEmbedder> embedder = std::make_shared<FakeEmbedder>();
  std::shared_ptr<EmbeddedIndex> index = *EmbeddedIndex::open({.dims = 2, .space = "test"});
  std::unique_ptr<SemanticCache> cache;
};

const std::string france = "What is the capital of France?";
const std::string the_same = "Which city is the capital of France?";
const std::string germany = "What is the capital of Germany?";

TEST_F(SemanticCacheTest, AsksForATextsVectorOnce) {
  make();
  embedder->cosines = {{france, 1}};
  AskedQuestion asked = question(france);
  EXPECT_EQ(run(loop, cache->find(asked, 0, nullptr)).outcome, SemanticOutcome::no_neighbour);
  run(loop, cache->keep(asked, answer, std::nullopt));
  EXPECT_TRUE(hits(france));
  EXPECT_EQ(embedder->asked, 1);
}

TEST_F(SemanticCacheTest, WithoutAVectorIsAMissThatIsNotTriedAgain) {
  make();
  AskedQuestion asked = question(france);
  EXPECT_EQ(run(loop, cache->find(asked, 0, nullptr)).outcome, SemanticOutcome::no_vector);
  run(loop, cache->keep(asked, answer, std::nullopt));
  EXPECT_EQ(embedder->asked, 1);
  EXPECT_EQ(counts.of(SemanticOutcome::no_vector), 1u);
  EXPECT_EQ(counts.not_kept, 1u);
  EXPECT_EQ(index->count().entries, 0u);
}

// The queue was full when it was looked for, with a client that waited; now nobody does.
TEST_F(SemanticCacheTest, AVectorThatCostsNothingIsAskedForAgainToKeepTheAnswer) {
  embedder->costly = false;
  make();
  AskedQuestion asked = question(france);
  EXPECT_EQ(run(loop, cache->find(asked, 0, nullptr)).outcome, SemanticOutcome::no_vector);
  embedder->cosines = {{france, 1}};
  run(loop, cache->keep(asked, answer, std::nullopt));
  EXPECT_EQ(index->count().entries, 1u);
}

TEST_F(SemanticCacheTest, WhatIsTooLongForTheEncoderIsNoFailure) {
  make();
  embedder->error.code = ErrorCode::context_window;
  AskedQuestion asked = question(france);
  EXPECT_EQ(run(loop, cache->find(asked, 0, nullptr)).outcome, SemanticOutcome::not_matchable);
  run(loop, cache->keep(asked, answer, std::nullopt));
  EXPECT_EQ(counts.not_kept, 0u);
  EXPECT_EQ(index->count().entries, 0u);
}

TEST_F(SemanticCacheTest, WithAnEncoderThatTheVerifierDoesNotKnowACautiousCosineDecides) {
  make();
  EXPECT_TRUE(answers(france, the_same, .96F));
  EXPECT_FALSE(answers("How tall is the Eiffel tower?", "How high is the Eiffel tower?", .94F));
}

TEST_F(SemanticCacheTest, TheOperatorsThresholdWins) {
  make({.similarity_threshold = .8});
  EXPECT_TRUE(answers(france, the_same, .81F));
  EXPECT_FALSE(answers("How tall is the Eiffel tower?", "How high is the Eiffel tower?", .79F));
}

TEST_F(SemanticCacheTest, VetoesOfAnEncoderThatTheVerifierDoesNotKnowAreTheOperatorsWish) {
  make();
  EXPECT_TRUE(answers(france, germany, .96F));
  index->remove_all();
  make({.vetoes = true});
  EXPECT_FALSE(answers(france, germany, .96F));
  EXPECT_EQ(found.outcome, SemanticOutcome::other_question);
  EXPECT_NEAR(found.similarity, .96, 1e-3);
  EXPECT_STRNE(found.reason, "");
  EXPECT_EQ(counts.of(SemanticOutcome::other_question), 1u);
}

TEST_F(SemanticCacheTest, TheBuiltInEncoderHasVetoesAndTheVerifier) {
  embedder->built_in = true;
  make();
  EXPECT_TRUE(answers(france, "what's the capital of France", .8F));
  EXPECT_FALSE(answers(france, germany, .99F));
}

TEST_F(SemanticCacheTest, WhatMayBeMatchedDoesNotDependOnTheEncoder) {
  make({.similarity_threshold = .5, .vetoes = false});
  const std::string body = R"({"messages":[{"role":"user","content":"Where is my order?"}]})";
  JsonFields fields;
  ASSERT_FALSE(scan_json_object(body, fields));
  EXPECT_FALSE(cache->prepare({.group = "g", .fields = &fields}));
}

// Else an outage of the embedding model would send every busy scope to rest.
TEST_F(SemanticCacheTest, OnlyWhatTheIndexAnswersTellsOfAScope) {
  make();
  for (std::uint32_t i = 0; i <= ScopeRecord::enough_lookups; i++) EXPECT_FALSE(hits(france));
  EXPECT_EQ(counts.of(SemanticOutcome::no_vector), ScopeRecord::enough_lookups + 1);
  embedder->cosines = {{france, 1}};
  EXPECT_FALSE(hits(france));
  EXPECT_EQ(found.outcome, SemanticOutcome::no_neighbour);
  for (std::uint32_t i = 0; i < ScopeRecord::enough_lookups; i++) EXPECT_FALSE(hits(france));
  EXPECT_EQ(found.outcome, SemanticOutcome::resting);
}

TEST_F(SemanticCacheTest, AnEntryThatIsTooOldForTheCallIsNone) {
  make();
  embedder->cosines = {{france, 1}};
  keep(france);
  EXPECT_TRUE(hits(france));
  AskedQuestion asked = question(france);
  const double tomorrow = unix_seconds() + 86'400;
  EXPECT_EQ(run(loop, cache->find(asked, tomorrow, nullptr)).outcome,
            SemanticOutcome::no_neighbour);
}

TEST_F(SemanticCacheTest, WhatCantBeComparedIsNotCountedInTheShadow) {
  make();
  const std::string other =
      R"({"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"no"}}]})";
  const SemanticHit stored{.body = std::string(answer)};
  run(loop, cache->judge_shadow(stored, other));
  EXPECT_EQ(counts.shadow_same + counts.shadow_other, 0u);
  run(loop, cache->judge_shadow(stored, answer));
  EXPECT_EQ(counts.shadow_same, 1u);
  embedder->cosines = {{"yes", 1}, {"no", 0}};
  run(loop, cache->judge_shadow(stored, other));
  EXPECT_EQ(counts.shadow_other, 1u);
}

}  // namespace
}  // namespace sluice::cache
