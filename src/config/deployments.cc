#include "config/deployments.h"

#include <set>
#include <string>

#include "config/deployment_reader.h"
#include "config/reader.h"

namespace sluice::config {
namespace {

Credentials read_credentials(const Reader& root, Report& report) {
  Credentials credentials;
  const Node* list = root.list("credential_list");
  if (list == nullptr) return credentials;
  for (std::size_t i = 0; i < list->items.size(); i++) {
    const Node& item = list->items[i];
    const std::string path = "credential_list[" + std::to_string(i) + "]";
    const Node* name = item.find_set("credential_name");
    const Node* values = item.find_set("credential_values");
    if (name == nullptr || values == nullptr || !name->is_scalar() || !values->is_map()) {
      report.error(item.mark, path,
                   "must be a mapping with `credential_name: NAME` and `credential_values:`");
      continue;
    }
    credentials.insert_or_assign(name->text, values);
  }
  return credentials;
}

std::set<std::string, std::less<>> groups_of(const Node* list) {
  std::set<std::string, std::less<>> groups;
  if (list == nullptr) return groups;
  for (const Node& entry : list->items) {
    if (const Node* name = entry.find("model_name")) groups.insert(name->text);
  }
  return groups;
}

Node read_defaults(const Node& root, Report& report) {
  Node none{.kind = Kind::map};
  const Node* router = root.find("router_settings");
  if (router == nullptr || !router->is_map()) return none;
  const Node* defaults = Reader(*router, "router_settings", report).map("default_litellm_params");
  return defaults == nullptr ? none : *defaults;
}

}  // namespace

void read_deployments(const Node& root, const Environment& environment, Report& report,
                      Settings& settings) {
  const Reader reader(root, "", report);
  const Credentials credentials = read_credentials(reader, report);
  const Node defaults = read_defaults(root, report);
  const Node* list = reader.list("model_list");
  const auto groups = groups_of(list);
  std::size_t mistakes = 0;
  for (std::size_t i = 0; list != nullptr && i < list->items.size(); i++) {
    DeploymentReader entry(list->items[i], "model_list[" + std::to_string(i) + "]",
                           {credentials, defaults, groups, environment, report, settings});
    if (!entry.read()) mistakes++;
  }
  if (!settings.deployments.empty()) return;
  const Mark mark = list == nullptr ? root.mark : list->mark;
  if (mistakes > 0 && mistakes == list->items.size()) {
    report.error(mark, "model_list", "no deployment can be called; see the messages about each");
  } else if (settings.unavailable.empty() && !report.has_errors()) {
    report.ignored(mark, "model_list", "there is no model to serve; add one");
  }
}

}  // namespace sluice::config
