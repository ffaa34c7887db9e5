#include "config/deployment_reader.h"

#include <algorithm>

#include "config/deployment_access.h"
#include "config/deployment_info.h"
#include "config/key_table.h"
#include "config/model_id.h"
#include "config/python_text.h"
#include "provider/catalog.h"
#include "provider/endpoint.h"
#include "provider/prices.h"

namespace sluice::config {
namespace {

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

}  // namespace

bool DeploymentReader::read() {
  if (!read_parts()) return false;
  if (auto obstacle = environment_obstacle()) return refuse("", {*std::move(obstacle)});
  const Reader params = params_reader();
  const Node& name = *params_.find("model");
  const Obstacle at_name{.mark = name.mark, .key = params.path_of("model")};
  if (name.is_null()) return refuse("", {at_name.because(missing_variable(name))});
  const Node* base = params_.find_set("api_base");
  const std::string provider = params.text_or_empty("custom_llm_provider");
  const auto model = provider::resolve_model(params.text_or_empty("model"), provider,
                                             base == nullptr ? "" : base->text);
  if (!model) {
    const std::string named = provider.empty() ? provider_prefix(name.text) : provider;
    return refuse(named, {unknown_model(model.error(), named, at_name)});
  }
  if (model->spec == nullptr) {
    return refuse(model->provider,
                  {at_name.because("provider `" + model->provider + "` is not supported yet")});
  }
  return read_callable(*model);
}

bool DeploymentReader::read_callable(const provider::ResolvedModel& model) {
  const Reader params = params_reader();
  check_params();
  Deployment deployment{.id = id_,
                        .count_key = count_key_,
                        .group = group_,
                        .litellm_model = params.text_or_empty("model"),
                        .spec = model.spec,
                        .model = model.model};
  read_responses_prefix(deployment);
  read_limits(params, deployment);
  read_request(params, deployment);
  read_defaults(params, deployment);
  if (serves_every_provider()) add_every_provider(deployment);
  auto obstacles = read_access(deployment);
  if (!obstacles.empty()) return refuse(model.provider, std::move(obstacles));
  read_info(model, deployment);
  check_mode(deployment);
  add(std::move(deployment));
  return true;
}

// "azure/responses/o3" asks LiteLLM to answer chats through the Responses API.
void DeploymentReader::read_responses_prefix(Deployment& deployment) const {
  constexpr std::string_view prefix = "responses/";
  if (!deployment.model.starts_with(prefix)) return;
  deployment.model.erase(0, prefix.size());
  context_.report.ignored(params_.find("model")->mark, params_reader().path_of("model"),
                          "the Responses API is not used yet; the model is called through chat "
                          "completions");
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
  const Node* model = params == nullptr ? nullptr : params->find("model");
  if (model == nullptr || (model->is_null() && model->variable.empty())) {
    const Reader owner(params == nullptr ? entry_ : *params, path_ + ".litellm_params", report);
    owner.wrong("model", "is missing; write `model: PROVIDER/MODEL`");
    return false;
  }
  if (const Node* info = entry.map("model_info")) info_ = *info;
  params_ = *params;
  const Node* id = info_.find_set("id");
  const bool has_id = id != nullptr && id->is_scalar();
  id_ = has_id ? id->text : model_id(group_, params_);
  if (!has_id) count_key_ = count_key(group_, params_);
  apply_credential(params_reader());
  fill_from(context_.defaults);
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
  fill_from(*found->second);
}

void DeploymentReader::fill_from(const Node& values) {
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

// Tells all obstacles; the first is what clients get to read. No obstacle worth telling: the entry
// is left out without a word.
bool DeploymentReader::refuse(std::string provider, std::vector<Obstacle> obstacles) {
  if (obstacles.front().reason.empty()) return true;
  bool is_mistake = false;
  for (const Obstacle& obstacle : obstacles) {
    is_mistake |= obstacle.is_mistake;
    context_.report.unsupported(obstacle.mark, obstacle.key,
                                obstacle.reason + "; this deployment is not served");
  }
  context_.settings.unavailable.push_back(
      {group_, std::move(provider), std::move(obstacles.front().reason)});
  return !is_mistake;
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

std::vector<Obstacle> DeploymentReader::read_access(Deployment& deployment) const {
  using KeyNeed = AccessReader::KeyNeed;
  const AccessReader access(params_, path_ + ".litellm_params", context_.environment,
                            context_.report);
  const auto need = context_.settings.allow_client_side_credentials ? KeyNeed::none
                                                                    : KeyNeed::as_the_provider_says;
  std::vector<Obstacle> obstacles;
  for (auto obstacle : {access.read_headers(deployment), access.read_base(deployment),
                        access.read_key(deployment, need)}) {
    if (obstacle) obstacles.push_back(*std::move(obstacle));
  }
  return obstacles;
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
  deployment.info_json = info_json({id_, params_, info_, facts, *model.spec, model.model});
  deployment.params_json = params_json(params_);
}

void DeploymentReader::check_mode(const Deployment& deployment) const {
  constexpr std::string_view served[] = {"", "chat", "completion", "embedding"};
  if (std::ranges::find(served, deployment.mode) != std::end(served)) return;
  const Node* mode = info_.find_set("mode");
  context_.report.ignored(
      mode == nullptr ? params_.find("model")->mark : mode->mark,
      mode == nullptr ? params_reader().path_of("model") : info_reader().path_of("mode"),
      "requests of the kind `" + deployment.mode +
          "` are not served yet; only chat, completions and embeddings are");
}

bool DeploymentReader::serves_every_provider() const {
  constexpr std::string_view own[] = {"api_key", "api_base", "custom_llm_provider"};
  return group_ == "*" && params_.find("model")->text == "*" &&
         std::ranges::none_of(own, [&](std::string_view key) { return params_.find(key); });
}

// `*` with `*` serves every provider whose key is in the environment, as LiteLLM does, which looks
// for the provider of each request anew. Here each provider gets a pattern of its own.
void DeploymentReader::add_every_provider(const Deployment& deployment) {
  const auto add_pattern = [&](const provider::ProviderSpec& spec, const std::string& pattern) {
    if (context_.groups.contains(pattern)) return;  // the file has its own
    Deployment other = deployment;
    other.group = pattern;
    other.litellm_model = pattern;
    other.id = model_id(pattern, params_);
    other.count_key = count_key(pattern, params_);
    other.spec = &spec;
    other.api_base = "";
    other.api_key = "";
    if (!read_access(other).empty() || other.api_key.empty()) return;
    Node params = params_;
    params.set({.text = "model"}, Node{.kind = Kind::text, .text = pattern});
    other.params_json = params_json(params);
    other.info_json = info_json({other.id, params, info_, nullptr, spec, other.model});
    context_.settings.deployments.push_back(std::move(other));
  };
  for (const auto& spec : provider::catalog()) {
    if (std::ranges::find(spec.key_env, "OPENAI_API_KEY") != spec.key_env.end() &&
        spec.name != "openai") {
      continue;  // ways to name other servers, or other endpoints of the same one
    }
    add_pattern(spec, std::string(spec.name) + "/*");
    // The names that need no prefix, but for those of OpenAI, which `*` itself serves.
    if (spec.name == "anthropic") add_pattern(spec, "claude-*");
  }
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
