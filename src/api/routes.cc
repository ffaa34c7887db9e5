#include "api/routes.h"

#include <array>

namespace sluice::api {

namespace {

constexpr std::array table = std::to_array<RouteRow>({
    {"POST", "/v1/chat/completions", answer_chat},
    {"POST", "/chat/completions", answer_chat},
    {"POST", "/engines/{model}/chat/completions", answer_chat},
    {"POST", "/openai/deployments/{model}/chat/completions", answer_chat},
    {"POST", "/v1/completions", answer_completions},
    {"POST", "/completions", answer_completions},
    {"POST", "/engines/{model}/completions", answer_completions},
    {"POST", "/openai/deployments/{model}/completions", answer_completions},
    {"POST", "/v1/embeddings", answer_embeddings},
    {"POST", "/embeddings", answer_embeddings},
    {"POST", "/engines/{model}/embeddings", answer_embeddings},
    {"POST", "/openai/deployments/{model}/embeddings", answer_embeddings},
    {"GET", "/v1/models", answer_models},
    {"GET", "/models", answer_models},
    {"GET", "/v1/models/{model}", answer_model},
    {"GET", "/models/{model}", answer_model},
    {"GET", "/model/info", answer_model_info},
    {"GET", "/v1/model/info", answer_model_info},
    {"GET", "/model_group/info", answer_model_group_info},
    {"GET", "/cache/ping", answer_cache_ping},
    {"GET", "/cache/redis/info", answer_cache_redis_info},
    {"POST", "/cache/delete", answer_cache_delete},
    {"POST", "/cache/flushall", answer_cache_flush},
    {"GET", "/cache/stats", answer_cache_stats},
    {"GET", "/cache/entry", answer_cache_entry},
    {"GET", "/health", answer_health},
    {"GET", "/health/liveliness", answer_alive, Access::open},
    {"GET", "/health/liveness", answer_alive, Access::open},
    {"GET", "/health/readiness", answer_ready, Access::open},
    {"OPTIONS", "/health/liveliness", answer_alive, Access::open},
    {"OPTIONS", "/health/liveness", answer_alive, Access::open},
    {"OPTIONS", "/health/readiness", answer_ready, Access::open},
    {"GET", "/metrics", answer_metrics, Access::metrics},
    {"GET", "/", answer_home, Access::open},
});

constexpr std::string_view hole = "{model}";

// Model names may hold slashes ("openai/gpt-4o"), so the hole takes whatever the rest leaves.
bool matches(std::string_view pattern, std::string_view path, std::string_view& model) {
  const std::size_t at = pattern.find(hole);
  if (at == std::string_view::npos) return pattern == path;
  const std::string_view before = pattern.substr(0, at), after = pattern.substr(at + hole.size());
  if (path.size() <= before.size() + after.size()) return false;
  if (!path.starts_with(before) || !path.ends_with(after)) return false;
  model = path.substr(before.size(), path.size() - before.size() - after.size());
  return true;
}

}  // namespace

std::span<const RouteRow> routes() { return table; }

RouteMatch match_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  // Some clients join a base URL and a path with one slash too many. LiteLLM sends them elsewhere;
  // the answer itself is what they want.
  if (path.size() > 2 && path.ends_with('/')) path.remove_suffix(1);
  // Starlette answers HEAD nowhere, and neither do we, but where a page is: monitors use it.
  const std::string_view looked_for = method == "HEAD" ? "GET" : method;
  for (const RouteRow& row : table) {
    std::string_view model;
    if (!matches(row.path, path, model)) continue;
    if (row.method == looked_for) {
      match.row = &row;
      match.model = model;
      return match;
    }
    if (match.allowed.find(row.method) != std::string::npos) continue;
    if (!match.allowed.empty()) match.allowed += ", ";
    match.allowed += row.method;
  }
  return match;
}

}  // namespace sluice::api
