#include "config/deployment_reader.h"

#include <algorithm>

#include "config/deployment_info.h"
#include "config/key_table.h"
#include "config/model_id.h"
#include "config/python_text.h"
#include "provider/catalog.h"
#include "provider/endpoint.h"
#include "provider/prices.h"

namespace sluice::config {
namespace {

std::string trimmed(std::string text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.erase(text.find_last_not_of(blanks) + 1);
  text.erase(0, text.find_first_not_of(blanks));
  return text;
}

std::string without_trailing_slash(std::string url) {
  url.erase(url.find_last_not_of('/') + 1);
  return url;
}

bool is_header_text(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
  });
}

std::string alternatives(std::span<const std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "`" : " or `") + std::string(name) + "`";
  return text;
}

NamedValues json_values(const Node& map) {
  NamedValues values;
  for (std::size_t i = 0; i < map.keys.size(); i++) {
    values.emplace_back(map.keys[i].text, compact_json(map.items[i]));
  }
  return values;
}

const provider::ModelFacts* facts_of(const provider::ResolvedModel& model,
                                     const std::string& base_model) {
  if (!base_model.empty()) {
    if (const auto* facts = provider::find_facts("", base_model)) return facts;
    if (const auto* facts = provider::find_facts(model.provider, base_model)) return facts;
  }
  return provider::find_facts(model.provider, model.model);
}

bool signs_in_to_azure(const Node& params) {
  constexpr std::string_view keys[] = {"azure_ad_token", "tenant_id", "client_id", "client_secret",
                                       "azure_username"};
  return std::ranges::any_of(keys, [&](std::string_view key) { return params.find(key); });
}

}  // namespace

bool DeploymentReader::read() {
  if (!read_parts()) return false;
  if (auto obstacle = environment_obstacle()) return refuse("", *std::move(obstacle));
  const Reader params = params_reader();
  const Node* base = params_.find_set("api_base");
  const auto model = provider::resolve_model(params.text_or_empty("model"),
                                             params.text_or_empty("custom_llm_provider"),
                                             base == nullptr ? "" : base->text);
  const auto* model_node = params_.find("model");
  if (!model) {
    return refuse("", {model.error().message, model_node->mark, params.path_of("model"), true});
  }
  if (model->spec == nullptr) {
    return refuse(model->provider, {"provider `" + model->provider + "` is not supported yet",
                                    model_node->mark, params.path_of("model")});
  }
  check_params();
  Deployment deployment{.id = id_,
                        .group = group_,
                        .litellm_model = params.text_or_empty("model"),
                        .spec = model->spec,
                        .model = model->model};
  if (auto obstacle = read_base(deployment)) return refuse(model->provider, *std::move(obstacle));
  read_limits(params, deployment);
  read_request(params, deployment);
  if (auto obstacle = read_key(deployment)) return refuse(model->provider, *std::move(obstacle));
  read_defaults(params, deployment);
  read_info(*model, deployment);
  add(std::move(deployment));
  return true;
}

// The four parts of an entry. Without them it means nothing, so that is an error.
bool DeploymentReader::read_parts() {
  Report& report = context_.report;
  if (!entry_.is_map()) {
    report.error(entry_.mark, path_, "must be a mapping with `model_name` and `litellm_params`");
    return false;
  }
  check_keys(Section::model_list, entry_, path_, report);
  const Reader entry(entry_, path_, report);
  group_ = entry.text_or_empty("model_name");
  if (group_.empty()) {
    entry.wrong("model_name", "is missing; write the name that clients ask for");
    return false;
  }
  const Node* params = entry.map("litellm_params");
  if (params == nullptr || params->find_set("model") == nullptr) {
    const Reader owner(params == nullptr ? entry_ : *params, path_ + ".litellm_params", report);
    owner.wrong("model", "is missing; write `model: PROVIDER/MODEL`");
    return false;
  }
  if (const Node* info = entry.map("model_info")) info_ = *info;
  params_ = *params;
  const Node* id = info_.find_set("id");
  id_ = id != nullptr && id->is_scalar() ? id->text : model_id(group_, params_);
  apply_credential(params_reader());
  if (const Node* base_url = params_.find("base_url"); base_url && !params_.find("api_base")) {
    params_.set({.text = "api_base"}, Node(*base_url));
  }
  return true;
}

void DeploymentReader::apply_credential(const Reader& params) {
  const auto name = params.text("litellm_credential_name");
  if (!name) return;
  const auto found = context_.credentials.find(*name);
  if (found == context_.credentials.end()) {
    context_.report.ignored(params_.find("litellm_credential_name")->mark,
                            params.path_of("litellm_credential_name"),
                            "credential_list has no credential `" + *name + "`");
    return;
  }
  const Node values = *found->second;
  for (std::size_t i = 0; i < values.keys.size(); i++) {
    if (params_.find(values.keys[i].text) == nullptr) params_.set(values.keys[i], values.items[i]);
  }
}

// Why this entry is not for this environment; one that is simply for another environment gives an
// empty reason and is left out without a word.
std::optional<Obstacle> DeploymentReader::environment_obstacle() const {
  const Reader info = info_reader();
  const auto environments = info.texts("supported_environments");
  if (environments.empty()) return std::nullopt;
  const auto current = context_.environment.get("LITELLM_ENVIRONMENT");
  if (current && std::ranges::find(environments, *current) != environments.end()) {
    return std::nullopt;
  }
  Obstacle obstacle{.mark = info_.find("supported_environments")->mark,
                    .key = info.path_of("supported_environments")};
  if (!current) obstacle.reason = "the environment variable `LITELLM_ENVIRONMENT` is not set";
  return obstacle;
}

bool DeploymentReader::refuse(std::string provider, Obstacle obstacle) {
  if (obstacle.reason.empty()) return true;
  context_.report.unsupported(obstacle.mark, std::move(obstacle.key),
                              obstacle.reason + "; requests for it get an error that says so");
  context_.settings.unavailable.push_back(
      {group_, std::move(provider), std::move(obstacle.reason)});
  return !obstacle.is_mistake;
}

// Any key may be a parameter of the provider, so an unknown one is told only when it looks like a
// slip of the pen.
void DeploymentReader::check_params() {
  const Reader params = params_reader();
  Node known{.kind = Kind::map};
  for (std::size_t i = 0; i < params_.keys.size(); i++) {
    const Key& key = params_.keys[i];
    if (find_key(Section::litellm_params, key.text) != nullptr) {
      known.set(key, params_.items[i]);
      continue;
    }
    const auto near = nearest_key(Section::litellm_params, key.text);
    if (near.empty()) continue;
    context_.report.ignored(
        key.mark, params.path_of(key.text),
        "is sent to the provider as it is; did you mean `" + std::string(near) + "`?");
  }
  check_keys(Section::litellm_params, known, params.path(), context_.report);
  Node known_info{.kind = Kind::map};  // model_info may hold anything; clients read it
  for (std::size_t i = 0; i < info_.keys.size(); i++) {
    if (find_key(Section::model_info, info_.keys[i].text) == nullptr) continue;
    known_info.set(info_.keys[i], info_.items[i]);
  }
  check_keys(Section::model_info, known_info, path_ + ".model_info", context_.report);
}

std::optional<Obstacle> DeploymentReader::read_base(Deployment& deployment) const {
  const provider::ProviderSpec& spec = *deployment.spec;
  const Reader params = params_reader();
  const Node* node = params_.find("api_base");
  const bool configured = node != nullptr && !node->is_null();
  std::string base = configured ? trimmed(params.text_or_empty("api_base")) : "";
  if (base.empty()) base = context_.environment.first_of(spec.base_env);
  if (base.empty()) base = spec.base_url;
  Obstacle obstacle{.mark = (node == nullptr ? params_ : *node).mark,
                    .key = params.path_of("api_base")};
  const bool variable_missing = node != nullptr && node->is_null() && !node->variable.empty();
  if (base.empty()) {
    obstacle.reason = variable_missing
                          ? missing_variable(*node)
                          : "provider `" + std::string(spec.name) + "` needs `api_base`";
    if (!variable_missing && !spec.base_env.empty()) {
      obstacle.reason += ", or the environment variable " + alternatives(spec.base_env);
    }
    return obstacle;
  }
  if (variable_missing) report_missing_variable(*node, obstacle.key, context_.report);
  deployment.api_base = without_trailing_slash(std::move(base));
  if (const auto url = provider::parse_base_url(deployment.api_base); !url) {
    obstacle.reason = url.error().message;
    obstacle.is_mistake = configured && node->variable.empty();
    return obstacle;
  }
  return std::nullopt;
}

bool DeploymentReader::needs_key(const Deployment& deployment) const {
  const bool has_own_header = std::ranges::any_of(
      deployment.headers, [](const auto& header) { return is_secret(header.first); });
  return deployment.spec->key_required && !deployment.mock_response && !has_own_header &&
         !context_.settings.allow_client_side_credentials;
}

Obstacle DeploymentReader::no_key(const Deployment& deployment) const {
  const Node* node = params_.find("api_key");
  Obstacle obstacle{.mark = (node == nullptr ? params_ : *node).mark,
                    .key = params_reader().path_of("api_key")};
  if (node != nullptr && node->is_null() && !node->variable.empty()) {
    obstacle.reason = missing_variable(*node);
  } else if (signs_in_to_azure(params_)) {
    obstacle.reason = "Azure AD sign-in is not supported yet; set `api_key`";
  } else {
    obstacle.reason = "there is no API key; set `api_key` or the environment variable " +
                      alternatives(deployment.spec->key_env);
  }
  return obstacle;
}

std::optional<Obstacle> DeploymentReader::read_key(Deployment& deployment) const {
  const Node* node = params_.find("api_key");
  const Reader params = params_reader();
  if (node != nullptr && !node->is_null()) {
    deployment.api_key = trimmed(params.text_or_empty("api_key"));
  }
  if (deployment.api_key.empty()) {
    deployment.api_key = trimmed(context_.environment.first_of(deployment.spec->key_env));
  }
  if (!is_header_text(deployment.api_key)) {
    return Obstacle{"`api_key` holds a line break or another control character", node->mark,
                    params.path_of("api_key"), node->variable.empty()};
  }
  if (deployment.api_key.empty() && needs_key(deployment)) return no_key(deployment);
  if (node != nullptr) report_missing_variable(*node, params.path_of("api_key"), context_.report);
  return std::nullopt;
}

void DeploymentReader::read_limits(const Reader& params, Deployment& deployment) const {
  const auto positive = [](std::optional<Milliseconds> time) {
    return time && time->count() > 0 ? time : std::nullopt;
  };
  deployment.timeout = positive(params.seconds("timeout"));
  if (!deployment.timeout) deployment.timeout = positive(params.seconds("request_timeout"));
  deployment.stream_timeout = positive(params.seconds("stream_timeout"));
  if (const auto retries = params.count("num_retries")) {
    deployment.num_retries = static_cast<int>(std::min<std::int64_t>(*retries, 1000));
  }
  const Reader entry(entry_, path_, context_.report);
  deployment.rpm = params.count("rpm");
  if (!deployment.rpm) deployment.rpm = entry.count("rpm");
  deployment.tpm = params.count("tpm");
  if (!deployment.tpm) deployment.tpm = entry.count("tpm");
  deployment.max_parallel_requests = params.count("max_parallel_requests");
  deployment.weight = params.amount("weight");
}

void DeploymentReader::read_request(const Reader& params, Deployment& deployment) const {
  deployment.api_version = params.text_or_empty("api_version");
  if (deployment.api_version.empty() && deployment.spec->url == provider::UrlStyle::azure) {
    deployment.api_version = context_.environment.get(provider::azure_api_version_env).value_or("");
  }
  for (const auto key : {"headers", "extra_headers"}) {
    const Node* headers = params.map(key);
    if (headers == nullptr) continue;
    for (std::size_t i = 0; i < headers->keys.size(); i++) {
      const Reader values(*headers, params.path_of(key), context_.report);
      const std::string& name = headers->keys[i].text;
      const auto value = values.text(name);
      if (value && is_header_text(*value) && is_header_text(name)) {
        deployment.headers.emplace_back(name, *value);
      } else if (value) {
        values.wrong(name, "holds a line break or another control character");
      }
    }
  }
  if (const Node* body = params.map("extra_body")) deployment.extra_body = json_values(*body);
  if (const Node* mock = params.value("mock_response")) {
    deployment.mock_response = python_str(*mock);
  }
  deployment.drop_params = params.boolean("drop_params");
  deployment.additional_drop_params = params.texts("additional_drop_params");
  deployment.allowed_openai_params = params.texts("allowed_openai_params");
  deployment.tags = params.texts("tags");
  if (const Node* verify = params.value("ssl_verify")) {
    deployment.ssl_verify = as_boolean(*verify);
    if (!deployment.ssl_verify) {
      context_.report.ignored(verify->mark, params.path_of("ssl_verify"),
                              "a CA bundle for one deployment is not supported yet; set "
                              "`litellm_settings.ssl_verify` to its path");
    }
  }
}

void DeploymentReader::read_defaults(const Reader& params, Deployment& deployment) const {
  for (const Key& key : params_.keys) {
    const KeySpec* spec = find_key(Section::litellm_params, key.text);
    if (spec != nullptr && spec->support != Support::parameter) continue;
    if (const Node* value = params.value(key.text)) {
      deployment.defaults.emplace_back(key.text, compact_json(*value));
    }
  }
}

void DeploymentReader::read_info(const provider::ResolvedModel& model,
                                 Deployment& deployment) const {
  const Reader params = params_reader();
  const Reader info = info_reader();
  std::string base_model = info.text_or_empty("base_model");
  if (base_model.empty()) base_model = params.text_or_empty("base_model");
  const provider::ModelFacts* facts = facts_of(model, base_model);
  deployment.price = price_of(params, info, facts);
  deployment.mode = info.text_or_empty("mode");
  if (deployment.mode.empty() && facts != nullptr) deployment.mode = facts->mode;
  deployment.info_json = info_json(id_, params_, info_, facts);
  deployment.params_json = params_json(params_);
}

// One deployment, or one for each organization. They share the id, as in LiteLLM.
void DeploymentReader::add(Deployment deployment) {
  const auto organizations = params_reader().texts("organization");
  if (organizations.empty()) {
    context_.settings.deployments.push_back(std::move(deployment));
    return;
  }
  for (const auto& organization : organizations) {
    deployment.organization = organization;
    Node params = params_;
    params.set({.text = "organization"}, Node{.kind = Kind::text, .text = organization});
    deployment.params_json = params_json(params);
    context_.settings.deployments.push_back(deployment);
  }
}

}  // namespace sluice::config
