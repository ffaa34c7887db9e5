#include "router/router.h"

#include <algorithm>

#include "provider/resolve.h"

namespace sluice::router {

std::shared_ptr<Health> HealthTable::of(const std::string& key) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Health>& health = by_key_[key];
  if (!health) health = std::make_shared<Health>();
  return health;
}

namespace {

// Of a deployment's health. Several that differ in nothing but their limits are told apart by their
// order.
class HealthKeys {
 public:
  std::string of(const Deployment& deployment) {
    if (deployment.count_key.empty()) return deployment.id;
    std::vector<std::string>& ids = ids_[deployment.count_key];
    auto place = std::ranges::find(ids, deployment.id);
    if (place == ids.end()) place = ids.insert(place, deployment.id);
    return deployment.count_key + "/" + std::to_string(place - ids.begin());
  }

 private:
  std::map<std::string, std::vector<std::string>> ids_;  // by count key, in the order of the file
};

}  // namespace

Router::Router(const Settings& settings, HealthTable& health) : settings_(settings) {
  HealthKeys keys;
  for (const Deployment& deployment : settings_.deployments)
    health_.push_back(health.of(keys.of(deployment)));
  add_exact_names();
  add_patterns();
  // Aliases of what only a pattern serves have no entry of their own: find() replaces them.
  for (const auto& [alias, target] : settings_.aliases) {
    std::optional<Group> scratch;
    const bool served = !exact_.contains(alias) && match_pattern(target.target, scratch);
    if (served && !target.hidden) public_names_.push_back(alias);
  }
}

// A group's name beats an id, which beats an alias, which beats a model string: what is there
// already is never replaced or extended by a later kind of name.
void Router::add_exact_names() {
  const auto& deployments = settings_.deployments;
  const auto add_each = [&](auto name_of) {
    std::unordered_map<std::string, Group, Hash, std::equal_to<>> named;
    for (DeploymentIndex i = 0; i < deployments.size(); i++) {
      const std::string& name = name_of(deployments[i]);
      if (exact_.contains(name)) continue;
      named.try_emplace(name, Group{.name = name, .target = name})
          .first->second.members.push_back(i);
    }
    exact_.merge(named);
  };
  for (const Deployment& deployment : deployments) {
    if (std::ranges::find(public_names_, deployment.group) == public_names_.end())
      public_names_.push_back(deployment.group);
  }
  add_each([](const Deployment& deployment) -> const std::string& { return deployment.group; });
  add_each([](const Deployment& deployment) -> const std::string& { return deployment.id; });
  add_aliases();
  add_each(
      [](const Deployment& deployment) -> const std::string& { return deployment.litellm_model; });
}

void Router::add_aliases() {
  for (const auto& [alias, target] : settings_.aliases) {
    const auto found = exact_.find(target.target);
    if (found == exact_.end() || exact_.contains(alias)) continue;
    Group group = found->second;
    group.name = alias;
    exact_.emplace(alias, std::move(group));
    if (!target.hidden) public_names_.push_back(alias);
  }
}

void Router::add_patterns() {
  for (const std::string& name : public_names_) {
    const Group& group = exact_.at(name);
    if (name.find('*') != std::string::npos && group.name == group.target)
      patterns_.push_back({name, group});
  }
  // The longer pattern says more; among equals the one with fewer stars.
  const auto rank = [](const Pattern& each) {
    return std::pair(each.text.size(), -std::ranges::count(each.text, '*'));
  };
  std::ranges::sort(patterns_, [&rank](const Pattern& a, const Pattern& b) {
    return std::tuple(rank(b), a.text) < std::tuple(rank(a), b.text);
  });
}

bool matches_pattern(std::string_view pattern, std::string_view text,
                     std::vector<std::string>& captures) {
  captures.clear();
  const std::size_t star = pattern.find('*');
  const std::string_view before = pattern.substr(0, star);
  if (!text.starts_with(before)) return false;
  text.remove_prefix(before.size());
  if (star == std::string_view::npos) return true;
  pattern.remove_prefix(star + 1);
  // Like a regular expression's `.*`: take as much as leaves a match for the rest.
  for (std::size_t taken = text.size() + 1; taken-- > 0;) {
    std::vector<std::string> rest;
    if (!matches_pattern(pattern, text.substr(taken), rest)) continue;
    captures.emplace_back(text.substr(0, taken));
    captures.insert(captures.end(), rest.begin(), rest.end());
    return true;
  }
  return false;
}

const Group* Router::find(std::string_view model, std::optional<Group>& scratch) const {
  if (const auto found = exact_.find(model); found != exact_.end()) return &found->second;
  if (patterns_.empty()) return nullptr;
  const auto alias = settings_.aliases.find(model);
  if (alias != settings_.aliases.end() && match_pattern(alias->second.target, scratch)) {
    scratch->name = model;
    return &*scratch;
  }
  if (match_pattern(model, scratch)) return &*scratch;
  // "gpt-4o" is also served by "openai/*".
  const auto resolved = provider::resolve_model(model, "", "");
  if (resolved && match_pattern(resolved->provider + "/" + std::string(model), scratch)) {
    scratch->name = model;
    return &*scratch;
  }
  return nullptr;
}

bool Router::match_pattern(std::string_view model, std::optional<Group>& scratch) const {
  std::vector<std::string> captures;
  for (const Pattern& pattern : patterns_) {
    if (!matches_pattern(pattern.text, model, captures)) continue;
    scratch = pattern.group;
    scratch->name = model;
    scratch->captures = std::move(captures);
    return true;
  }
  return false;
}

std::optional<std::string> Router::upstream_model(const Group& group, DeploymentIndex index) const {
  const std::string& model = settings_.deployments[index].model;
  if (model.find('*') == std::string::npos) return std::nullopt;
  const auto stars = static_cast<std::size_t>(std::ranges::count(model, '*'));
  // More captures than places: the name as asked is the best guess; so it is for a pattern
  // deployment asked for by its id.
  if (group.captures.empty() || group.captures.size() > stars) return group.name;
  std::string out;
  std::size_t capture = 0;
  for (const char c : model) {
    if (c != '*')
      out += c;
    else
      out += capture < group.captures.size() ? group.captures[capture++] : group.captures.back();
  }
  return out;
}

// LiteLLM's simple shuffle: the group's first deployment says what counts as weight for all.
double Router::weight_of(DeploymentIndex index, const Deployment& first) const {
  const Deployment& deployment = settings_.deployments[index];
  if (first.weight) return deployment.weight.value_or(0);
  if (first.rpm) return static_cast<double>(deployment.rpm.value_or(0));
  if (first.tpm) return static_cast<double>(deployment.tpm.value_or(0));
  return 1;
}

static Error no_deployments(const Group& group, std::chrono::milliseconds wait) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(
      std::clamp(wait, std::chrono::milliseconds(1), std::chrono::milliseconds(60'000)));
  return Error{.code = ErrorCode::rate_limit,
               .blame = Blame::gateway,
               .status = 429,
               .message = "No deployments available for selected model, Try again in " +
                          std::to_string(seconds.count()) + " seconds. Passed model=" + group.name +
                          ". pre-call-checks=False, cooldown_list=[]",
               .type = "None",
               .param = "None",
               .retry_after = seconds};
}

namespace {

struct Candidate {
  DeploymentIndex index;
  double weight;
  bool avoided;  // failed a moment ago: drawn only when no other is left
};

bool contains(std::span<const DeploymentIndex> list, DeploymentIndex index) {
  return std::ranges::find(list, index) != list.end();
}

// Draws one candidate by weight; where all weights are 0, evenly.
std::size_t draw(std::vector<Candidate>& candidates, Random& random) {
  std::vector<double> weights;
  const bool any_new = std::ranges::any_of(candidates, [](const auto& c) { return !c.avoided; });
  for (const Candidate& each : candidates)
    weights.push_back(each.avoided && any_new ? 0 : each.weight);
  if (std::ranges::all_of(weights, [](double weight) { return weight <= 0; })) {
    for (std::size_t i = 0; i < weights.size(); i++)
      weights[i] = candidates[i].avoided && any_new ? 0 : 1;
  }
  return std::discrete_distribution<std::size_t>(weights.begin(), weights.end())(random);
}

}  // namespace

std::optional<std::chrono::milliseconds> Router::wait_for_room(DeploymentIndex index,
                                                               RateWindow::Time now) const {
  const std::optional<std::int64_t>& rpm = settings_.deployments[index].rpm;
  return rpm ? health_[index]->requests.wait(*rpm, now) : std::nullopt;
}

bool Router::take_place(DeploymentIndex index, RateWindow::Time now) const {
  const std::optional<std::int64_t>& rpm = settings_.deployments[index].rpm;
  return !rpm || health_[index]->requests.take(*rpm, now);
}

Result<Pick> Router::pick(const Group& group, std::span<const DeploymentIndex> avoid,
                          std::span<const DeploymentIndex> exclude, RateWindow::Time now,
                          Random& random) const {
  std::chrono::milliseconds wait = std::chrono::seconds(60);
  if (group.members.size() == 1 && exclude.empty()) {  // most groups: nothing to draw
    const auto full = wait_for_room(group.members[0], now);
    if (full) return fail(no_deployments(group, *full));
    return Pick{group.members[0], upstream_model(group, group.members[0])};
  }
  std::vector<Candidate> candidates;
  const Deployment& first = settings_.deployments[group.members.front()];
  for (const DeploymentIndex index : group.members) {
    if (!contains(exclude, index))
      candidates.push_back({index, weight_of(index, first), contains(avoid, index)});
  }
  // Drawn without replacement, so that a full deployment leaves its place to the others.
  while (!candidates.empty()) {
    const std::size_t drawn = draw(candidates, random);
    const DeploymentIndex index = candidates[drawn].index;
    const auto full = wait_for_room(index, now);
    if (!full) return Pick{index, upstream_model(group, index)};
    wait = std::min(wait, *full);
    candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(drawn));
  }
  return fail(no_deployments(group, wait));
}

// LiteLLM's order. Its figure for `tpm` takes a call for a thousand tokens and ten seconds.
std::optional<std::int64_t> Router::most_under_way(DeploymentIndex index) const {
  const Deployment& deployment = settings_.deployments[index];
  std::optional<std::int64_t> most = settings_.default_max_parallel_requests;
  if (deployment.tpm) most = std::max<std::int64_t>(*deployment.tpm / 6000, 1);
  if (deployment.rpm) most = deployment.rpm;
  if (deployment.max_parallel_requests) most = deployment.max_parallel_requests;
  return most && *most > 0 ? most : std::nullopt;  // 0 is no limit
}

static const std::vector<std::string>* look_up(const Fallbacks& fallbacks, const Group& group) {
  for (const std::string_view name :
       {std::string_view(group.name), std::string_view(group.target)}) {
    if (const auto found = fallbacks.find(name); found != fallbacks.end()) return &found->second;
    const std::size_t slash = name.find('/');
    if (slash == std::string_view::npos) continue;
    const auto found = fallbacks.find(name.substr(slash + 1));
    if (found != fallbacks.end()) return &found->second;
  }
  const auto all = fallbacks.find(std::string_view("*"));
  return all == fallbacks.end() ? nullptr : &all->second;
}

const std::vector<std::string>* Router::fallbacks(const Group& group, ErrorCode code) const {
  const std::vector<std::string>* special = nullptr;
  if (code == ErrorCode::context_window)
    special = look_up(settings_.context_window_fallbacks, group);
  if (code == ErrorCode::content_policy)
    special = look_up(settings_.content_policy_fallbacks, group);
  return special != nullptr ? special : look_up(settings_.fallbacks, group);
}

}  // namespace sluice::router
