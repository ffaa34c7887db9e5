#include "config/cache_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "config/cache_params.h"
#include "config/reader.h"
#include "config/redis_reader.h"

namespace sluice::config {
namespace {

// What router_settings says of a Redis, named as cache_params would.
Node router_params(const Reader& router) {
  Node params{.kind = Kind::map};
  const auto put = [&](std::string_view key, const Node& value) {
    params.set(Key{.text = std::string(key), .mark = value.mark}, value);
    params.mark = value.mark;
  };
  const Node* url = router.value("redis_url");
  const Node* host = router.value("redis_host");
  const Node* port = router.value("redis_port");
  const bool redis = url != nullptr || (host != nullptr && port != nullptr);
  put("type", Node{.kind = Kind::text, .text = redis ? "redis" : "local"});
  if (!redis) return params;
  if (url != nullptr) put("url", *url);
  if (host != nullptr) put("host", *host);
  if (port != nullptr) put("port", *port);
  if (const Node* password = router.value("redis_password")) put("password", *password);
  const Node* more = router.map("cache_kwargs");
  for (std::size_t i = 0; more != nullptr && i < more->keys.size(); i++)
    put(more->keys[i].text, more->items[i]);
  return params;
}

// The parameters that count, with their path, or nothing when the cache is off.
struct Params {
  Node node;
  std::string path;
};
std::optional<Params> params_of(const Reader& litellm, const Reader& router,
                                const Environment& environment) {
  const bool cache = litellm.boolean("cache").value_or(false);
  const auto responses = router.boolean("cache_responses");
  if (!cache) {
    if (!responses.value_or(false)) return std::nullopt;
    return Params{router_params(router), router.path()};
  }
  if (responses == false) return std::nullopt;  // the router then asks no cache
  const Node* params = litellm.map("cache_params");
  Node node = params == nullptr ? Node{.kind = Kind::map} : *params;
  if (node.keys.empty() && names_redis(environment))
    node.set(Key{.text = "type"}, Node{.kind = Kind::text, .text = "redis"});
  return Params{std::move(node), litellm.path_of("cache_params")};
}

std::vector<std::vector<std::string>> caching_groups(const Reader& router) {
  std::vector<std::vector<std::string>> groups;
  const Node* list = router.list("caching_groups");
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); i++) {
    const Node& group = list->items[i];
    auto& names = groups.emplace_back();
    for (const Node& name : group.items) {
      if (name.is_scalar() && !name.is_null()) names.push_back(name.text);
    }
    if (group.is_list() && names.size() == group.items.size()) continue;
    router.wrong("caching_groups", "must be a list of lists of model names");
    return {};
  }
  return groups;
}

// The timeout of LiteLLM's router, which it puts into keys that hold every parameter.
std::string timeout_in_key(const Node& litellm, const Node& router) {
  const auto set = [](const Node* node) {
    return node != nullptr && node->is_scalar() && as_number(*node).value_or(0) > 0;
  };
  if (const Node* node = router.find_set("timeout"); set(node)) return node->text;
  if (const Node* node = litellm.find_set("request_timeout"); set(node)) return node->text;
  return CacheSettings{}.timeout_in_key;
}

}  // namespace

std::optional<CacheSettings> read_cache(const Node& litellm_settings, const Node& router_settings,
                                        const Environment& environment, Report& report) {
  const Reader litellm(litellm_settings, "litellm_settings", report);
  const Reader router(router_settings, "router_settings", report);
  const auto params = params_of(litellm, router, environment);
  if (!params) return std::nullopt;
  auto settings = read_cache_params(params->node, params->path, environment, report);
  if (!settings) return std::nullopt;
  settings->caching_groups = caching_groups(router);
  settings->provider_params_in_key =
      litellm.boolean("enable_caching_on_provider_specific_optional_params").value_or(false);
  settings->timeout_in_key = timeout_in_key(litellm_settings, router_settings);
  if (settings->type == CacheType::redis)
    settings->default_ttl = litellm.seconds("default_redis_ttl");
  return settings;
}

}  // namespace sluice::config
