#include "config/settings_reader.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "config/fallbacks.h"
#include "config/key_table.h"
#include "config/reader.h"

namespace sluice::config {
namespace {

constexpr std::int64_t max_retries = 1000;

void set_retries(const Reader& reader, std::string_view key, int& retries) {
  if (const auto count = reader.count(key)) {
    retries = static_cast<int>(std::min(*count, max_retries));
  }
}

// Callbacks that are only counters need no call: /metrics has them.
bool is_metrics_callback(const Node& item) {
  return item.text == "prometheus" || item.text == "prometheus_system";
}

// Leaves only the callbacks that would have to be called, so that the verdict names no other.
Node without_metrics_callbacks(const Node& section) {
  Node kept{.kind = Kind::map, .mark = section.mark};
  for (std::size_t i = 0; i < section.keys.size(); i++) {
    Node value = section.items[i];
    const std::string& key = section.keys[i].text;
    if (key.ends_with("callback") || key.ends_with("callbacks")) {
      std::erase_if(value.items, is_metrics_callback);
      if (value.is_text() && is_metrics_callback(value)) value = Node{};
    }
    kept.set(section.keys[i], std::move(value));
  }
  return kept;
}

void check_cache(const Reader& reader, Report& report) {
  const Node* params = reader.map("cache_params");
  if (params == nullptr) return;
  for (const Key& key : params->keys) {
    if (find_key(Section::cache_params, key.text) != nullptr) continue;
    const auto near = nearest_key(Section::cache_params, key.text);
    if (near.empty()) continue;  // any keyword of the Redis client is allowed
    report.ignored(key.mark, reader.path_of("cache_params") + "." + key.text,
                   "is not a known cache parameter; did you mean `" + std::string(near) + "`?");
  }
}

void read_ssl_verify(const Reader& reader, Settings& settings) {
  const Node* node = reader.value("ssl_verify");
  if (node == nullptr) return;
  if (const auto verify = as_boolean(*node)) {
    settings.ssl_verify = *verify;
  } else if (node->is_text() && !node->text.empty()) {
    settings.ssl_ca_file = node->text;
  } else {
    reader.wrong("ssl_verify", "must be true, false or the path of a CA bundle");
  }
}

void read_forward_headers(const Reader& reader, Report& report, Settings& settings) {
  constexpr std::string_view key = "forward_client_headers_to_llm_api";
  const Node* node = reader.value(key);
  if (node == nullptr) return;
  if (const auto forward = as_boolean(*node)) {
    settings.forward_client_headers = *forward;
  } else {
    report.ignored(node->mark, reader.path_of(key),
                   "a choice of headers is not supported yet; `true` forwards the client's `x-` "
                   "headers");
  }
}

void read_alias_map(const Reader& reader, std::string_view key, Settings& settings) {
  const Node* aliases = reader.map(key);
  if (aliases == nullptr) return;
  for (std::size_t i = 0; i < aliases->keys.size(); i++) {
    const Node& target = aliases->items[i];
    if (target.is_scalar() && !target.is_null()) {
      settings.aliases.try_emplace(aliases->keys[i].text, ModelAlias{target.text, true});
    } else {
      reader.wrong(key, "must map each alias to one model name");
    }
  }
}

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

// What both sections may hold. router_settings is read first, and what it says stays.
void read_fallback_settings(const Reader& reader, Report& report, Settings& settings) {
  read_fallbacks(reader, "fallbacks", report, settings.fallbacks);
  read_default_fallbacks(reader, settings.fallbacks);
  read_fallbacks(reader, "context_window_fallbacks", report, settings.context_window_fallbacks);
  read_fallbacks(reader, "content_policy_fallbacks", report, settings.content_policy_fallbacks);
}

void read_router(const Reader& reader, Report& report, Settings& settings) {
  read_strategy(reader, report, settings);
  read_group_alias(reader, report, settings);
  set_retries(reader, "num_retries", settings.num_retries);
  set_retries(reader, "max_fallbacks", settings.max_fallbacks);
  if (const auto time = reader.seconds("retry_after")) settings.retry_after = *time;
  if (const auto time = reader.seconds("timeout"); time && time->count() > 0) {
    settings.timeout = *time;
  }
  if (const auto time = reader.seconds("stream_timeout"); time && time->count() > 0) {
    settings.stream_timeout = *time;
  }
  read_retry_policies(reader, report, settings);
}

void read_litellm(const Reader& reader, Report& report, Settings& settings) {
  if (const auto drop = reader.boolean("drop_params")) settings.drop_params = *drop;
  set_retries(reader, "num_retries", settings.num_retries);
  set_retries(reader, "max_fallbacks", settings.max_fallbacks);
  if (const auto time = reader.seconds("request_timeout"); time && time->count() > 0) {
    settings.timeout = *time;
  }
  settings.json_logs = reader.boolean("json_logs").value_or(settings.json_logs);
  settings.verbose = reader.boolean("set_verbose").value_or(settings.verbose);
  settings.metrics_need_auth = reader.boolean("require_auth_for_metrics_endpoint").value_or(false);
  read_ssl_verify(reader, settings);
  read_forward_headers(reader, report, settings);
  read_alias_map(reader, "model_alias_map", settings);
  check_cache(reader, report);
}

// A key nobody knows: refuses every request until the configuration is put right.
std::string unguessable_key() {
  std::array<unsigned char, 32> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string key;
  for (const unsigned char byte : bytes) {
    key.push_back("0123456789abcdef"[byte >> 4]);
    key.push_back("0123456789abcdef"[byte & 15]);
  }
  return key;
}

// Anything that was meant to keep strangers out, and did not become a master key, must not leave
// the gateway open.
bool asks_for_other_auth(const Node& section) {
  constexpr std::string_view keys[] = {"custom_auth", "enable_jwt_auth", "enable_oauth2_auth",
                                       "enable_oauth2_proxy_auth"};
  return std::ranges::any_of(keys, [&](std::string_view key) {
    const Node* node = section.find_set(key);
    return node != nullptr && node->text != "False";
  });
}

void read_master_key(const Node& section, const Reader& reader, const Environment& environment,
                     Report& report, Settings& settings) {
  settings.master_key = environment.get("LITELLM_MASTER_KEY").value_or("");
  const Node* node = section.find("master_key");
  if (node != nullptr && node->is_null() && !node->variable.empty()) {
    settings.master_key = unguessable_key();
    report.ignored(node->mark, reader.path_of("master_key"),
                   missing_variable(*node) + "; every request is refused until it is");
  } else if (node != nullptr && !node->is_null()) {
    if (!node->is_text()) {
      reader.wrong("master_key", "must be a text; write it in quotes");
      return;
    }
    settings.master_key = node->text;
  }
  if (settings.master_key.empty() && asks_for_other_auth(section)) {
    settings.master_key = unguessable_key();
    report.ignored(section.mark, reader.path(),
                   "without a `master_key` every request is refused, since the other ways to check "
                   "a caller are not there yet");
  }
}

void read_general(const Node& section, const Environment& environment, Report& report,
                  Settings& settings) {
  const Reader reader(section, "general_settings", report);
  read_master_key(section, reader, environment, report, settings);
  settings.key_header = reader.text_or_empty("litellm_key_header_name");
  settings.completion_model = reader.text_or_empty("completion_model");
  settings.embedding_model = reader.text_or_empty("embedding_model");
  settings.allow_client_side_credentials =
      reader.boolean("allow_client_side_credentials").value_or(false);
  read_forward_headers(reader, report, settings);
  if (const auto megabytes = reader.amount("max_request_size_mb"); megabytes && *megabytes > 0) {
    constexpr double largest = 1 << 20;  // a terabyte: no request is larger, and no sum overflows
    settings.max_request_bytes =
        static_cast<std::size_t>(std::min(*megabytes, largest) * (1 << 20));
  }
}

bool is_on(std::string_view text) {
  constexpr std::string_view off[] = {"", "0", "false", "False", "FALSE", "no", "off"};
  return std::ranges::find(off, text) == std::end(off);
}

void read_environment(const Environment& environment, Report& report, Settings& settings) {
  settings.drop_params = is_on(environment.get("LITELLM_DROP_PARAMS").value_or(""));
  settings.json_logs = is_on(environment.get("JSON_LOGS").value_or(""));
  const Node variables{
      .kind = Kind::map,
      .keys = {Key{.text = "REQUEST_TIMEOUT"}, Key{.text = "ssl_verify"}},
      .items = {
          Node{.kind = Kind::text, .text = environment.get("REQUEST_TIMEOUT").value_or("6000")},
          Node{.kind = Kind::text, .text = environment.get("SSL_VERIFY").value_or("true")}}};
  const Reader reader(variables, "", report);
  if (const auto time = reader.seconds("REQUEST_TIMEOUT"); time && time->count() > 0) {
    settings.timeout = *time;
  }
  read_ssl_verify(reader, settings);
  if (environment.get("LITELLM_CONFIG_BUCKET_NAME")) {
    report.ignored({}, "LITELLM_CONFIG_BUCKET_NAME",
                   "configurations are read only from a local file yet");
  }
}

const Node* section_of(const Node& root, std::string_view name, Report& report) {
  const Node* section = Reader(root, "", report).map(name);
  static const Node empty{.kind = Kind::map};
  return section == nullptr ? &empty : section;
}

}  // namespace

void read_settings(const Node& root, const Environment& environment, Report& report,
                   Settings& settings) {
  read_environment(environment, report, settings);
  const Node& litellm = *section_of(root, "litellm_settings", report);
  const Node& router = *section_of(root, "router_settings", report);
  const Node& general = *section_of(root, "general_settings", report);
  check_keys(Section::litellm_settings, without_metrics_callbacks(litellm), "litellm_settings",
             report);
  check_keys(Section::router_settings, router, "router_settings", report);
  check_keys(Section::general_settings, general, "general_settings", report);

  const Reader litellm_reader(litellm, "litellm_settings", report);
  const Reader router_reader(router, "router_settings", report);
  read_litellm(litellm_reader, report, settings);
  read_router(router_reader, report, settings);
  read_fallback_settings(router_reader, report, settings);
  read_fallback_settings(litellm_reader, report, settings);
  read_general(general, environment, report, settings);
}

}  // namespace sluice::config
