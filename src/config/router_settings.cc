#include "config/router_settings.h"

#include <algorithm>
#include <utility>

#include "config/fallbacks.h"

namespace sluice::config {
namespace {

// More attempts than this are a slip of the pen.
constexpr std::int64_t max_retries = 1000;

void read_group_alias(const Reader& reader, Report& report, Settings& settings) {
  const Node* aliases = reader.map("model_group_alias");
  if (aliases == nullptr) return;
  const Reader by_alias(*aliases, reader.path_of("model_group_alias"), report);
  for (std::size_t i = 0; i < aliases->keys.size(); i++) {
    const std::string& name = aliases->keys[i].text;
    const Node& target = aliases->items[i];
    ModelAlias alias;
    if (target.is_map()) {
      const Reader fields(target, by_alias.path_of(name), report);
      alias = {fields.text_or_empty("model"), fields.boolean("hidden").value_or(false)};
    } else if (target.is_scalar()) {
      alias.target = by_alias.text_or_empty(name);
    }
    if (alias.target.empty()) {
      by_alias.wrong(name, "must be a model name, or `{model: NAME, hidden: true}`");
      continue;
    }
    settings.aliases.insert_or_assign(name, std::move(alias));
  }
}

RetryPolicy read_retry_policy(const Reader& reader) {
  const auto count = [&](std::string_view key) -> std::optional<int> {
    const auto value = reader.count(key);
    if (!value) return std::nullopt;
    return static_cast<int>(std::min(*value, max_retries));
  };
  return {.bad_request = count("BadRequestErrorRetries"),
          .authentication = count("AuthenticationErrorRetries"),
          .timeout = count("TimeoutErrorRetries"),
          .rate_limit = count("RateLimitErrorRetries"),
          .content_policy = count("ContentPolicyViolationErrorRetries"),
          .internal = count("InternalServerErrorRetries")};
}

void read_retry_policies(const Reader& reader, Report& report, Settings& settings) {
  if (const Node* policy = reader.map("retry_policy")) {
    settings.retry_policy = read_retry_policy({*policy, reader.path_of("retry_policy"), report});
  }
  const Node* by_group = reader.map("model_group_retry_policy");
  if (by_group == nullptr) return;
  const Reader groups(*by_group, reader.path_of("model_group_retry_policy"), report);
  for (const Key& key : by_group->keys) {
    const Node* policy = groups.map(key.text);
    if (policy == nullptr) continue;
    settings.group_retry_policy.emplace(
        key.text, read_retry_policy({*policy, groups.path_of(key.text), report}));
  }
}

void read_strategy(const Reader& reader, Report& report, Settings& settings) {
  using enum RoutingStrategy;
  constexpr std::pair<std::string_view, RoutingStrategy> strategies[] = {
      {"simple-shuffle", simple_shuffle},          {"least-busy", least_busy},
      {"usage-based-routing", usage_based},        {"usage-based-routing-v2", usage_based},
      {"latency-based-routing", latency_based},    {"cost-based-routing", cost_based},
      {"provider-budget-routing", simple_shuffle},
  };
  const auto name = reader.text("routing_strategy");
  if (!name) return;
  for (const auto& [known, strategy] : strategies) {
    if (*name != known) continue;
    settings.strategy = strategy;
    if (known == "simple-shuffle") return;
    report.ignored(reader.value("routing_strategy")->mark, reader.path_of("routing_strategy"),
                   "`" + *name + "` is not there yet; deployments are chosen by simple-shuffle");
    return;
  }
  reader.wrong("routing_strategy",
               "`" + *name +
                   "` is no routing strategy; write simple-shuffle, least-busy, "
                   "usage-based-routing-v2, latency-based-routing or cost-based-routing");
}

}  // namespace

void read_retries(const Reader& reader, std::string_view key, int& retries) {
  if (const auto count = reader.count(key)) {
    retries = static_cast<int>(std::min(*count, max_retries));
  }
}

void read_router_settings(const Reader& router, Report& report, Settings& settings) {
  read_strategy(router, report, settings);
  read_group_alias(router, report, settings);
  read_retries(router, "num_retries", settings.num_retries);
  read_retries(router, "max_fallbacks", settings.max_fallbacks);
  if (const auto time = router.seconds("retry_after")) settings.retry_after = *time;
  if (const auto time = router.seconds("timeout"); time && time->count() > 0) {
    settings.timeout = *time;
  }
  if (const auto time = router.seconds("stream_timeout"); time && time->count() > 0) {
    settings.stream_timeout = *time;
  }
  settings.default_max_parallel_requests = router.count("default_max_parallel_requests");
  read_retry_policies(router, report, settings);
}

void read_fallback_settings(const Reader& router, const Reader& litellm, Report& report,
                            Settings& settings) {
  const std::pair<std::string_view, Fallbacks Settings::*> lists[] = {
      {"fallbacks", &Settings::fallbacks},
      {"context_window_fallbacks", &Settings::context_window_fallbacks},
      {"content_policy_fallbacks", &Settings::content_policy_fallbacks},
  };
  for (const auto& [key, member] : lists) {
    read_fallbacks(router, key, report, settings.*member);
    if ((settings.*member).empty()) read_fallbacks(litellm, key, report, settings.*member);
  }
  read_default_fallbacks(router, settings.fallbacks);
  read_default_fallbacks(litellm, settings.fallbacks);
}

}  // namespace sluice::config
