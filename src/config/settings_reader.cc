#include "config/settings_reader.h"

#include <algorithm>
#include <iterator>

#include "config/cache_reader.h"
#include "config/key_table.h"
#include "config/master_key.h"
#include "config/reader.h"
#include "config/router_settings.h"

namespace sluice::config {
namespace {

// Callbacks that are only counters need no call: /metrics has them.
bool is_metrics_callback(const Node& item) {
  return item.text == "prometheus" || item.text == "prometheus_system";
}

// litellm_settings without what has a verdict of its own, and without callbacks that need no call.
Node judged_by_table(const Node& section) {
  Node kept{.kind = Kind::map, .mark = section.mark};
  for (std::size_t i = 0; i < section.keys.size(); i++) {
    Node value = section.items[i];
    const std::string& key = section.keys[i].text;
    if (key == "master_key") continue;  // see master_key.h
    if (key.ends_with("callback") || key.ends_with("callbacks")) {
      std::erase_if(value.items, is_metrics_callback);
      if (value.is_text() && is_metrics_callback(value)) value = Node{};
    }
    kept.set(section.keys[i], std::move(value));
  }
  return kept;
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

void read_litellm(const Reader& reader, Report& report, Settings& settings) {
  if (const auto drop = reader.boolean("drop_params")) settings.drop_params = *drop;
  read_retries(reader, "num_retries", settings.num_retries);
  read_retries(reader, "max_fallbacks", settings.max_fallbacks);
  if (const auto time = reader.seconds("request_timeout"); time && time->count() > 0) {
    settings.timeout = *time;
  }
  settings.json_logs = reader.boolean("json_logs").value_or(settings.json_logs);
  settings.verbose = reader.boolean("set_verbose").value_or(settings.verbose);
  settings.metrics_need_auth = reader.boolean("require_auth_for_metrics_endpoint").value_or(false);
  read_ssl_verify(reader, settings);
  read_forward_headers(reader, report, settings);
  read_alias_map(reader, "model_alias_map", settings);
}

void read_general(const Reader& reader, Report& report, Settings& settings) {
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
  check_keys(Section::litellm_settings, judged_by_table(litellm), "litellm_settings", report);
  check_keys(Section::router_settings, router, "router_settings", report);
  check_keys(Section::general_settings, general, "general_settings", report);

  const Reader litellm_reader(litellm, "litellm_settings", report);
  const Reader router_reader(router, "router_settings", report);
  read_litellm(litellm_reader, report, settings);
  read_router_settings(router_reader, report, settings);
  read_fallback_settings(router_reader, litellm_reader, report, settings);
  settings.cache = read_cache(litellm, router, environment, report);
  read_general({general, "general_settings", report}, report, settings);
  read_master_key(general, litellm, environment, report, settings);
}

}  // namespace sluice::config
