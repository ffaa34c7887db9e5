#include "config/embedding_model.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "config/load_for_test.h"

namespace sluice::config {
namespace {

constexpr std::string_view model_list = R"(
model_list:
  - {model_name: gpt, litellm_params: {model: openai/gpt-4o, api_key: k}}
  - {model_name: vectors, litellm_params: {model: azure/my-ada, api_base: https://a.test, api_key: k}}
  - {model_name: short, litellm_params: {model: openai/text-embedding-3-large, dimensions: 256, api_key: k}}
  - {model_name: here, litellm_params: {model: sluice/bge-small-en-v1.5}}
  - {model_name: keyless, litellm_params: {model: groq/e}}
router_settings: {model_group_alias: {nickname: vectors}}
)";

Loaded with_model(const std::string& params, Environment::Values environment = {}) {
  return load_text(
      std::string(model_list) + "litellm_settings: {cache: true, cache_params: " + params + "}\n",
      {.environment = std::move(environment)});
}

std::string named(const std::string& model) {
  return "{type: semantic, embedding_model: " + model + "}";
}

TEST(EmbeddingModel, OfTheModelListIsThatDeploymentsModel) {
  const std::pair<const char*, const char*> cases[] = {
      {"vectors", "azure/my-ada"},
      {"nickname", "azure/my-ada"},
      {"azure/my-ada", "azure/my-ada"},
      {"short", "openai/text-embedding-3-large dimensions=256"},
      {"here", "sluice/bge-small-en-v1.5"}};
  for (const auto& [name, model] : cases) {
    const Loaded loaded = with_model(named(name));
    ASSERT_TRUE(loaded.settings && loaded.settings->cache) << name;
    EXPECT_EQ(loaded.settings->cache->semantic.vector_model, model);
    EXPECT_FALSE(loaded.settings->embedding_deployment) << name;
  }
}

TEST(EmbeddingModel, OfAProviderIsAskedWithWhatTheEnvironmentSays) {
  const Loaded loaded =
      with_model("{type: redis-semantic, host: h}",
                 {{"OPENAI_API_KEY", "sk-1"}, {"OPENAI_BASE_URL", "http://own.test/v1"}});
  ASSERT_TRUE(loaded.settings && loaded.settings->embedding_deployment);
  const Deployment& deployment = *loaded.settings->embedding_deployment;
  EXPECT_EQ(loaded.settings->cache->semantic.vector_model, "openai/text-embedding-ada-002");
  EXPECT_EQ(deployment.api_key, "sk-1");
  EXPECT_EQ(deployment.api_base, "http://own.test/v1");
  EXPECT_EQ(loaded.settings->deployments.size(), 4u) << "clients can't ask for it";
  const Loaded azure = with_model(named("azure/other"),
                                  {{"AZURE_API_KEY", "k"}, {"AZURE_API_BASE", "https://b.test"}});
  ASSERT_TRUE(azure.settings && azure.settings->embedding_deployment);
  EXPECT_EQ(azure.settings->embedding_deployment->api_base, "https://b.test");
}

TEST(EmbeddingModel, ThatOnlyAPatternServesIsAskedThroughIt) {
  const std::string yaml = R"(
model_list: [{model_name: openai/*, litellm_params: {model: openai/*, api_key: own}}]
litellm_settings: {cache: true, cache_params: {type: semantic, embedding_model: openai/some-model}}
)";
  const Loaded without_key = load_text(yaml, {.environment = {}});
  ASSERT_TRUE(without_key.settings);
  EXPECT_EQ(lines_of(without_key), Lines{});
  EXPECT_EQ(without_key.settings->cache->semantic.vector_model, "openai/some-model");
  EXPECT_FALSE(without_key.settings->embedding_deployment);
  const Loaded with_key = load_text(yaml, {.environment = {{"OPENAI_API_KEY", "k"}}});
  EXPECT_TRUE(with_key.settings->embedding_deployment) << "as LiteLLM does";
}

TEST(EmbeddingModel, OfThisProcessNeedsNobody) {
  const Loaded loaded = with_model(named("sluice/all-MiniLM-L6-v2"));
  EXPECT_EQ(loaded.settings->cache->semantic.vector_model, "sluice/all-MiniLM-L6-v2");
  EXPECT_FALSE(loaded.settings->embedding_deployment);
  EXPECT_EQ(with_model(named("built-in")).settings->cache->semantic.vector_model, "");
}

TEST(EmbeddingModel, ThatCantBeAskedIsToldAndNothingIsMatched) {
  const std::pair<std::string, const char*> cases[] = {
      {"{type: redis-semantic, host: h}",
       "there is no API key; set `api_key` or the environment variable `OPENAI_API_KEY`"},
      {named("keyless"),
       "there is no API key; set `api_key` or the environment variable `GROQ_API_KEY`"},
      {named("bedrock/titan"), "provider `bedrock` is not supported yet"}};
  for (const auto& [params, reason] : cases) {
    const Loaded loaded = with_model(params);
    ASSERT_TRUE(loaded.settings && loaded.settings->cache) << params;
    EXPECT_EQ(loaded.settings->cache->semantic.mode, SemanticMode::off);
    const Lines lines = lines_of(loaded);
    const auto told = [&](const std::string& line) {
      return line.find("can't be asked: " + std::string(reason)) != std::string::npos;
    };
    EXPECT_EQ(std::ranges::count_if(lines, told), 1) << ::testing::PrintToString(lines);
  }
}

// The vectors of two models can't be compared, whichever name the group is asked by.
TEST(EmbeddingModel, MustBeTheSameInAllDeploymentsOfItsGroup) {
  const auto load_group = [](const std::string& name, const std::string& first,
                             const std::string& second, const std::string& asked) {
    const auto entry = [&](const std::string& params) {
      return "  - {model_name: " + name + ", litellm_params: {api_key: k, " + params + "}}\n";
    };
    return load_text("model_list:\n" + entry(first) + entry(second) +
                         "router_settings: {model_group_alias: {nickname: vectors}}\n"
                         "litellm_settings:\n  cache: true\n  cache_params:\n"
                         "    type: semantic\n    embedding_model: " +
                         asked + "\n",
                     {.environment = {}});
  };
  struct Case {
    std::string name, first, second, asked, told;
  };
  const Case cases[] = {
      {"vectors", "model: openai/text-embedding-3-small", "model: openai/text-embedding-ada-002",
       "vectors", "`openai/text-embedding-3-small`, `openai/text-embedding-ada-002`"},
      {"vectors", "model: openai/text-embedding-3-small", "model: openai/text-embedding-ada-002",
       "nickname", "`openai/text-embedding-3-small`, `openai/text-embedding-ada-002`"},
      {"vectors", "model: openai/e", "model: openai/e, dimensions: 256", "openai/e",
       "`openai/e`, `openai/e dimensions=256`"},
      {"'*'", "model: openai/*", "model: mistral/*", "some-model", "`openai/*`, `mistral/*`"}};
  for (const Case& each : cases) {
    const Loaded loaded = load_group(each.name, each.first, each.second, each.asked);
    ASSERT_TRUE(loaded.settings && loaded.settings->cache) << each.asked;
    EXPECT_EQ(loaded.settings->cache->semantic.mode, SemanticMode::off) << each.asked;
    EXPECT_EQ(
        lines_of(loaded),
        Lines{"ignored 9 litellm_settings.cache_params.embedding_model: the embedding model `" +
              each.asked + "` can't be asked: its deployments serve different models (" +
              each.told +
              "), whose vectors can't be compared; give each model a `model_name` of its "
              "own; questions are not matched by meaning. `embedding_model` may name a model "
              "of the model_list, or built-in"});
  }
  const std::string base = "model: openai/e, api_base: 'http://";
  const Loaded same = load_group("vectors", base + "a.test'", base + "b.test'", "vectors");
  EXPECT_EQ(lines_of(same), Lines{});
  EXPECT_EQ(same.settings->cache->semantic.vector_model, "openai/e");
  const std::string azure = ", api_base: 'http://a.test', api_version: v";
  const std::pair<std::string, std::string> may_be_the_same[] = {
      {"model: azure/east" + azure, "model: azure/west" + azure},
      {"model: azure/east" + azure, "model: openai/text-embedding-3-small"},
      {"model: mistral/e", "model: openai/e"}};
  for (const auto& [first, second] : may_be_the_same) {
    const Loaded loaded = load_group("vectors", first, second, "vectors");
    EXPECT_EQ(lines_of(loaded), Lines{}) << first;
    EXPECT_EQ(loaded.settings->cache->semantic.mode, SemanticMode::on) << first;
  }
}

TEST(EmbeddingModel, OfACacheThatMatchesNothingIsNotLookedFor) {
  EXPECT_EQ(lines_of(with_model("{type: redis-semantic, host: h, semantic_mode: off}",
                                {{"GROQ_API_KEY", "k"}})),
            Lines{});
}

}  // namespace
}  // namespace sluice::config
