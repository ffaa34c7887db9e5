#include "gateway/remote_embedder.h"

#include <gtest/gtest.h>

#include <fstream>

#include "embed/models.h"
#include "embed/tiny_model_for_test.h"
#include "gateway/flight.h"
#include "io/testing.h"
#include "provider/catalog.h"

namespace sluice::gateway {
namespace {

using io::testing::run;

// A gateway whose only group, `vectors`, is a model in this process, so that nothing is sent.
struct RemoteEmbedderTest : ::testing::Test {
  RemoteEmbedderTest() {
    using embed::testing::TinyModel;
    const std::string weights = TinyModel().safetensors();
    const std::string tokenizer = TinyModel::tokenizer(), config = TinyModel::config();
    std::ofstream(folder.file("tiny.sluice"), std::ios::binary)
        << *embed::convert({.weights = weights, .tokenizer = tokenizer, .config = config});
    ::setenv("SLUICE_MODEL_DIR", folder.file("").c_str(), 1);
    gateway.snapshot = serving("sluice/tiny");
  }
  ~RemoteEmbedderTest() override { ::unsetenv("SLUICE_MODEL_DIR"); }

  std::shared_ptr<const Snapshot> serving(const std::string& model,
                                          std::optional<std::string> mock = {}) {
    Settings settings;
    settings.num_retries = 0;
    settings.deployments = {{.id = "1",
                             .group = "vectors",
                             .litellm_model = model,
                             .spec = provider::find_provider("sluice"),
                             .model = model.substr(model.find('/') + 1),
                             .api_base = "http://sluice.invalid",
                             .mock_response = std::move(mock)}};
    settings.cache.emplace().semantic = {.embedding_model = "vectors", .vector_model = model};
    return *Snapshot::make(std::move(settings), health, trust, proxies);
  }
  Result<cache::Vector> embed(RemoteEmbedder& embedder) {
    return run(loop, embedder.embed("the cat", embed::LongText::refused,
                                    {.deadline = io::Clock::now() + std::chrono::seconds(10)}));
  }
  // Whether it is left alone after so many failures. A call that comes late is let through to find
  // out whether the model is back, and makes the next pause longer: the slowest machine finds one.
  bool is_left_alone(RemoteEmbedder& embedder) {
    for (int probes = 0; probes < 20; probes++) {
      const auto vector = embed(embedder);
      if (!vector && vector.error().message.find("left alone") != std::string::npos) return true;
    }
    return false;
  }
  SemanticSettings semantic() const { return gateway.snapshot->settings().cache->semantic; }

  io::testing::TempFolder folder;
  io::Loop loop;
  io::ProxySettings proxies;
  io::Connector connector{loop, nullptr};
  http::UpstreamPool upstreams{loop, connector};
  AccessLog access_log{loop};
  Metrics metrics;
  FlightTable flights;
  embed::Models models;
  router::HealthTable health;
  TrustStore trust;
  Gateway gateway{.loop = loop,
                  .upstreams = upstreams,
                  .access_log = access_log,
                  .metrics = metrics,
                  .snapshot = nullptr,
                  .flights = flights,
                  .models = models};
};

TEST_F(RemoteEmbedderTest, AsksAGroupOfTheModelList) {
  RemoteEmbedder embedder(gateway, semantic());
  const auto vector = embed(embedder);
  ASSERT_TRUE(vector) << vector.error().message;
  double length = 0;
  for (const float value : **vector) length += static_cast<double>(value) * value;
  EXPECT_NEAR(length, 1, 1e-5);
}

TEST_F(RemoteEmbedderTest, TheSpaceIsTheModelsAndNotTheGroups) {
  RemoteEmbedder one(gateway, {.embedding_model = "a", .vector_model = "openai/x"});
  RemoteEmbedder same(gateway, {.embedding_model = "b", .vector_model = "openai/x"});
  RemoteEmbedder other(gateway, {.embedding_model = "a", .vector_model = "openai/y"});
  EXPECT_EQ(one.space(), same.space());
  EXPECT_NE(one.space().substr(0, 16), other.space().substr(0, 16));
}

TEST_F(RemoteEmbedderTest, AModelThatAReloadHasReplacedGivesNothing) {
  RemoteEmbedder embedder(gateway, semantic());
  gateway.snapshot = serving("sluice/another");
  EXPECT_FALSE(embed(embedder));
  gateway.snapshot = serving("sluice/tiny");
  EXPECT_TRUE(embed(embedder));
}

TEST_F(RemoteEmbedderTest, AModelThatFailsIsLeftAloneAndToldOnce) {
  gateway.snapshot = serving("sluice/absent");
  ::testing::internal::CaptureStderr();
  {
    RemoteEmbedder embedder(gateway, semantic());
    for (int i = 0; i < io::Breaker::most_failures; i++) {
      EXPECT_NE(embed(embedder).error().message.find("sluice model pull absent"),
                std::string::npos);
    }
    EXPECT_TRUE(is_left_alone(embedder));
    EXPECT_TRUE(is_left_alone(embedder));
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  const std::size_t told = log.find("embedding model `vectors` gives no vectors");
  ASSERT_NE(told, std::string::npos) << log;
  EXPECT_EQ(log.find("gives no vectors", told + 50), std::string::npos) << log;
}

// A mock response makes no embeddings: the text is refused with status 400.
TEST_F(RemoteEmbedderTest, AModelThatRefusesTextsIsLeftAloneOnlyIfItHasNeverWorked) {
  constexpr int many = 2 * io::Breaker::most_failures;
  const auto refusing = serving("sluice/tiny", "no");
  RemoteEmbedder works(gateway, semantic());
  ASSERT_TRUE(embed(works));
  gateway.snapshot = refusing;
  for (int i = 0; i < many; i++) EXPECT_EQ(embed(works).error().code, ErrorCode::bad_request);
  RemoteEmbedder never_worked(gateway, semantic());
  for (int i = 0; i < many; i++) EXPECT_FALSE(embed(never_worked));
  EXPECT_TRUE(is_left_alone(never_worked));
}

}  // namespace
}  // namespace sluice::gateway
