#include "config/references.h"

#include <set>
#include <string>
#include <vector>

#include "config/key_table.h"

namespace sluice::config {
namespace {

// Every name that a request may ask for.
class Names {
 public:
  explicit Names(const Settings& settings) {
    for (const auto& deployment : settings.deployments) {
      add(deployment.group);
      exact_.insert({deployment.id, deployment.litellm_model});
    }
    for (const auto& missing : settings.unavailable) add(missing.group);
    for (const auto& [alias, target] : settings.aliases) exact_.insert(alias);
  }

  bool has(const std::string& name) const {
    if (name == "*" || exact_.contains(name)) return true;
    for (const auto& pattern : patterns_) {
      if (matches(pattern, name)) return true;
    }
    return false;
  }

  std::string suggestion(const std::string& name) const {
    const auto near = nearest_name(groups_, name);
    return near.empty() ? "" : "; did you mean `" + std::string(near) + "`?";
  }

 private:
  void add(const std::string& group) {
    groups_.push_back(group);
    if (group.contains('*')) {
      patterns_.push_back(group);
    } else {
      exact_.insert(group);
    }
  }

  // The text between the stars, in this order; what follows the last piece does not matter.
  static bool matches(std::string_view pattern, std::string_view name) {
    for (bool first = true;; first = false) {
      const auto star = pattern.find('*');
      const auto piece = pattern.substr(0, star);
      const auto at = name.find(piece);
      if (at == std::string_view::npos || (first && at != 0)) return false;
      if (star == std::string_view::npos) return true;
      name.remove_prefix(at + piece.size());
      pattern.remove_prefix(star + 1);
    }
  }

  std::set<std::string, std::less<>> exact_;
  std::vector<std::string> groups_, patterns_;
};

class Checker {
 public:
  Checker(const Names& names, Report& report) : names_(names), report_(report) {}

  void fallbacks(const Node& section, const std::string& path) const {
    for (const auto key : {"fallbacks", "context_window_fallbacks", "content_policy_fallbacks"}) {
      const Node* list = section.find(key);
      if (list == nullptr || !list->is_list()) continue;
      for (const Node& item : list->items) fallback(item, path + "." + key);
    }
    if (const Node* targets = section.find("default_fallbacks")) {
      served(*targets, path + ".default_fallbacks");
    }
  }

  void aliases(const Node* map, const std::string& path) const {
    if (map == nullptr || !map->is_map()) return;
    for (std::size_t i = 0; i < map->items.size(); i++) {
      const Node& target = map->items[i];
      const Node* model = target.is_map() ? target.find("model") : &target;
      if (model != nullptr) served(*model, path + "." + map->keys[i].text);
    }
  }

  // A name, or a list of names, that a request may be sent on to.
  void served(const Node& node, const std::string& path) const {
    for (const Node& item : node.items) served(item, path);
    if (!node.is_text() || node.text.empty() || names_.has(node.text)) return;
    report_.ignored(node.mark, path,
                    "no `model_name` is `" + node.text + "`, so this leads nowhere" +
                        names_.suggestion(node.text));
  }

 private:
  void fallback(const Node& item, const std::string& path) const {
    if (!item.is_map() || item.keys.size() != 1) return;
    const Key& group = item.keys[0];
    if (!names_.has(group.text)) {
      report_.ignored(group.mark, path,
                      "no `model_name` is `" + group.text + "`, so this never applies" +
                          names_.suggestion(group.text));
    }
    served(item.items[0], path + "." + group.text);
  }

  const Names& names_;
  Report& report_;
};

}  // namespace

void check_references(const Node& root, const Settings& settings, Report& report) {
  const Names names(settings);
  const Checker checker(names, report);
  for (const std::string section_name : {"router_settings", "litellm_settings"}) {
    if (const Node* section = root.find(section_name)) checker.fallbacks(*section, section_name);
  }
  if (const Node* router = root.find("router_settings")) {
    checker.aliases(router->find("model_group_alias"), "router_settings.model_group_alias");
  }
  if (const Node* litellm = root.find("litellm_settings")) {
    checker.aliases(litellm->find("model_alias_map"), "litellm_settings.model_alias_map");
  }
  if (const Node* general = root.find("general_settings")) {
    for (const std::string key : {"completion_model", "embedding_model"}) {
      if (const Node* model = general->find(key)) {
        checker.served(*model, "general_settings." + key);
      }
    }
  }
}

}  // namespace sluice::config
