#include "config/embedding_model.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/deployment_reader.h"
#include "provider/catalog.h"
#include "router/router.h"

namespace sluice::config {
namespace {

// With other dimensions a model is as good as another one.
std::string dimensions_of(const Deployment& deployment) {
  for (const NamedValues* values : {&deployment.defaults, &deployment.extra_body}) {
    for (const auto& [key, value] : *values)
      if (key == "dimensions") return " dimensions=" + value;
  }
  return "";
}

// The model as its provider knows it.
std::string vector_model_of(const Deployment& deployment) {
  return std::string(deployment.spec->name) + "/" + deployment.model + dimensions_of(deployment);
}

// What tells models apart. Several providers serve the same one; what a pattern stands for is each
// provider's own.
std::string distinct_name(const Deployment& deployment) {
  if (deployment.model.contains('*')) return vector_model_of(deployment);
  return deployment.model + dimensions_of(deployment);
}

// The one model that all deployments of the group serve. The names of Azure's deployments are their
// owner's choice and say nothing.
Result<std::string> common_model(const Settings& settings, const router::Group& group) {
  std::vector<std::string> told_apart, models;
  for (const router::DeploymentIndex index : group.members) {
    const Deployment& deployment = settings.deployments[index];
    if (deployment.spec->name == "azure") continue;
    std::string name = distinct_name(deployment);
    if (std::ranges::find(told_apart, name) != told_apart.end()) continue;
    told_apart.push_back(std::move(name));
    models.push_back(vector_model_of(deployment));
  }
  if (models.size() <= 1) return vector_model_of(settings.deployments[group.members.front()]);
  std::string names;
  for (const std::string& model : models) names += (names.empty() ? "`" : ", `") + model + "`";
  return fail(client_error("its deployments serve different models (" + names +
                           "), whose vectors can't be compared; give each model a `model_name` of "
                           "its own"));
}

Node text_node(const std::string& text) { return {.kind = Kind::text, .text = text}; }

// The entry of a model_list that this name stands for.
Node entry_of(const std::string& name) {
  Node params{.kind = Kind::map};
  params.set({.text = "model"}, text_node(name));
  Node entry{.kind = Kind::map};
  entry.set({.text = "model_name"}, text_node(name));
  entry.set({.text = "litellm_params"}, std::move(params));
  return entry;
}

Result<Deployment> read_provider_model(const std::string& name, const Environment& environment) {
  const Node entry = entry_of(name), no_defaults{.kind = Kind::map};
  const Credentials no_credentials;
  const std::set<std::string, std::less<>> no_groups;
  Report report;  // nothing of that entry stands in a file
  Settings alone;
  DeploymentReader reader(entry, "",
                          {.credentials = no_credentials,
                           .defaults = no_defaults,
                           .groups = no_groups,
                           .environment = environment,
                           .report = report,
                           .settings = alone});
  (void)reader.read();
  if (!alone.deployments.empty()) return std::move(alone.deployments.front());
  return fail(client_error(alone.unavailable.empty() ? "nobody serves it"
                                                     : alone.unavailable.front().reason));
}

Result<std::string> find_vector_model(const Environment& environment, Settings& settings) {
  const std::string& name = settings.cache->semantic.embedding_model;
  router::HealthTable no_health;
  const router::Router router(settings, no_health);
  std::optional<router::Group> scratch;
  const router::Group* group = router.find(name, scratch);
  // As the name stands: `openai/*` does not stand in for the missing key of
  // `text-embedding-3-small`.
  std::vector<std::string> captures;
  const bool pattern_fits =
      group != nullptr && router::matches_pattern(group->target, name, captures);
  if (router.serves_exactly(name)) return common_model(settings, *group);
  const auto missing = std::ranges::find(settings.unavailable, name, &UnavailableDeployment::group);
  if (missing != settings.unavailable.end()) return fail(client_error(missing->reason));
  auto deployment = read_provider_model(name, environment);
  if (!deployment && !pattern_fits) return fail(std::move(deployment).error());
  if (!deployment) {
    TRY([[maybe_unused]] const std::string pattern, common_model(settings, *group));
    return name;
  }
  std::string made = vector_model_of(*deployment);
  if (!deployment->spec->builtin) settings.embedding_deployment = std::move(*deployment);
  return made;
}

// Where the model is named, or else where the cache is.
std::pair<Mark, std::string> place_of(const Node& root) {
  const Node* litellm = root.find("litellm_settings");
  const Node* params = litellm == nullptr ? nullptr : litellm->find("cache_params");
  const std::string path = "litellm_settings.cache_params";
  if (params == nullptr) return {root.mark, path};
  for (const std::string key : {"embedding_model", "redis_semantic_cache_embedding_model"})
    if (const Node* name = params->find_set(key)) return {name->mark, path + "." + key};
  return {params->mark, path};
}

}  // namespace

void resolve_embedding_model(const Node& root, const Environment& environment, Report& report,
                             Settings& settings) {
  if (!settings.cache) return;
  SemanticSettings& semantic = settings.cache->semantic;
  if (semantic.embedding_model.empty() || semantic.mode == SemanticMode::off) return;
  auto found = find_vector_model(environment, settings);
  if (found) {
    semantic.vector_model = std::move(*found);
    return;
  }
  semantic.mode = SemanticMode::off;
  auto [mark, key] = place_of(root);
  report.ignored(mark, std::move(key),
                 "the embedding model `" + semantic.embedding_model +
                     "` can't be asked: " + found.error().message +
                     "; questions are not matched by meaning. `embedding_model` may name a model "
                     "of the model_list, or built-in");
}

}  // namespace sluice::config
