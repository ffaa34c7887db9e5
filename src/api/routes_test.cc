#include "api/routes.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sluice::api {
namespace {

struct Case {
  std::string_view method, path;
  Answer answer;
  std::string_view model = {};
};

TEST(MatchRoute, EveryPathReachesItsHandler) {
  for (const auto& [method, path, answer, model] : std::initializer_list<Case>{
           {"POST", "/v1/chat/completions", answer_chat},
           {"POST", "/chat/completions", answer_chat},
           {"POST", "/engines/gpt-4o/chat/completions", answer_chat, "gpt-4o"},
           {"POST", "/openai/deployments/gpt-4o/chat/completions", answer_chat, "gpt-4o"},
           {"POST", "/v1/completions", answer_completions},
           {"POST", "/completions", answer_completions},
           {"POST", "/engines/davinci/completions", answer_completions, "davinci"},
           {"POST", "/openai/deployments/davinci/completions", answer_completions, "davinci"},
           {"POST", "/v1/embeddings", answer_embeddings},
           {"POST", "/embeddings", answer_embeddings},
           {"POST", "/engines/ada/embeddings", answer_embeddings, "ada"},
           {"POST", "/openai/deployments/ada/embeddings", answer_embeddings, "ada"},
           {"GET", "/v1/models", answer_models},
           {"GET", "/models", answer_models},
           {"GET", "/v1/models/gpt-4o", answer_model, "gpt-4o"},
           {"GET", "/models/gpt-4o", answer_model, "gpt-4o"},
           {"GET", "/model/info", answer_model_info},
           {"GET", "/v1/model/info", answer_model_info},
           {"GET", "/model_group/info", answer_model_group_info},
           {"GET", "/health", answer_health},
           {"GET", "/health/liveliness", answer_alive},
           {"GET", "/health/liveness", answer_alive},
           {"GET", "/health/readiness", answer_ready},
           {"OPTIONS", "/health/liveliness", answer_alive},
           {"OPTIONS", "/health/liveness", answer_alive},
           {"OPTIONS", "/health/readiness", answer_ready},
           {"GET", "/metrics", answer_metrics},
           {"GET", "/metrics/", answer_metrics},  // one slash too many does no harm
           {"GET", "/v1/models/", answer_models},
           {"POST", "/v1/chat/completions/", answer_chat},
           {"GET", "/", answer_home},
       }) {
    const RouteMatch match = match_route(method, path);
    ASSERT_NE(match.row, nullptr) << method << " " << path;
    EXPECT_EQ(match.row->answer, answer) << path;
    EXPECT_EQ(match.model, model) << path;
  }
}

TEST(MatchRoute, AModelMayHoldSlashes) {
  for (const auto& [method, path, answer, model] : std::initializer_list<Case>{
           {"POST", "/engines/openai/gpt-4o/chat/completions", answer_chat, "openai/gpt-4o"},
           {"POST", "/openai/deployments/a/b/c/embeddings", answer_embeddings, "a/b/c"},
           {"POST", "/engines/a%2Fb/completions", answer_completions, "a%2Fb"},
           {"GET", "/v1/models/openai/gpt-4o", answer_model, "openai/gpt-4o"},
       }) {
    const RouteMatch match = match_route(method, path);
    ASSERT_NE(match.row, nullptr) << path;
    EXPECT_EQ(match.row->answer, answer) << path;
    EXPECT_EQ(match.model, model) << path;
  }
}

TEST(MatchRoute, AWrongMethodIsToldTheRightOnesOnce) {
  const std::map<std::pair<std::string_view, std::string_view>, std::string_view> allowed{
      {{"GET", "/v1/chat/completions"}, "POST"},        {{"HEAD", "/v1/chat/completions"}, "POST"},
      {{"GET", "/engines/m/chat/completions"}, "POST"}, {{"DELETE", "/v1/models/gpt-4o"}, "GET"},
      {{"POST", "/health/liveness"}, "GET, OPTIONS"},   {{"get", "/v1/models"}, "GET"},
  };
  for (const auto& [request, methods] : allowed) {
    const RouteMatch match = match_route(request.first, request.second);
    EXPECT_EQ(match.row, nullptr) << request.second;
    EXPECT_EQ(match.allowed, methods) << request.first << " " << request.second;
  }
}

TEST(MatchRoute, OtherPathsAreUnknown) {
  for (const char* path :
       {"", "/v1", "/v1/chat/completions//", "/V1/models", "/engines//completions",
        "/engines/completions", "/openai/deployments/m/images", "//", "/healthy/", "*"}) {
    const RouteMatch match = match_route("POST", path);
    EXPECT_EQ(match.row, nullptr) << path;
    EXPECT_EQ(match.allowed, "") << path;
  }
}

TEST(MatchRoute, HeadIsAnsweredWhereGetIs) {
  ASSERT_NE(match_route("HEAD", "/health/readiness").row, nullptr);
  EXPECT_EQ(match_route("HEAD", "/").row->answer, answer_home);
}

TEST(Routes, OnlyHealthProbesAndTheHomePageNeedNoKey) {
  std::set<std::string_view> open, metrics;
  for (const RouteRow& row : routes()) {
    if (row.access == Access::open) open.insert(row.path);
    if (row.access == Access::metrics) metrics.insert(row.path);
  }
  EXPECT_EQ(open, (std::set<std::string_view>{"/", "/health/liveliness", "/health/liveness",
                                              "/health/readiness"}));
  EXPECT_EQ(metrics, (std::set<std::string_view>{"/metrics"}));
}

}  // namespace
}  // namespace sluice::api
