#pragma once
// Picks where a request goes: a model name to its group, a group to the deployment to try next.
// Reads the snapshot's settings and the shared health; never waits. Safe from any thread.
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "io/semaphore.h"
#include "model/settings.h"
#include "router/rate_window.h"

namespace sluice::router {

// What is known of one deployment's life; shared by all loops and kept across reloads.
struct Health {
  RateWindow requests;      // calls in the last minute, against rpm
  io::Semaphore under_way;  // attempts that have not ended, against max_parallel_requests
};

// Health by what of a deployment stays over a reload. Lives as long as the process.
class HealthTable {
 public:
  std::shared_ptr<Health> of(const std::string& key);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Health>, std::less<>> by_key_;
};

using DeploymentIndex = std::uint32_t;  // into Settings::deployments

// The deployments that serve a name that a client asked for.
struct Group {
  std::string name;    // as asked, aliases not replaced (LiteLLM's model_group)
  std::string target;  // the group that serves it: key for fallbacks
  std::vector<DeploymentIndex> members;
  std::vector<std::string> captures;  // what the pattern's `*`s stood for; empty without one

  // The group or pattern as it is configured: clients can't make up further ones.
  std::string_view label() const { return captures.empty() ? name : target; }
};

struct Pick {
  DeploymentIndex deployment;
  std::optional<std::string> model;  // instead of the deployment's own model, whose `*` it fills
};

using Random = std::minstd_rand;

class Router {
 public:
  // `settings` must outlive the router.
  Router(const Settings& settings, HealthTable& health);

  // The group for a model name: a model group, deployment id, alias, a deployment's own model
  // string, a pattern (longest first), "*", in this order. nullptr = nobody. Exact names cost one
  // look-up; the result for a pattern is put into `scratch`.
  const Group* find(std::string_view model, std::optional<Group>& scratch) const;

  // The name is a group's, an id, an alias or a model string: no pattern is needed to serve it.
  bool serves_exactly(std::string_view model) const { return exact_.contains(model); }

  // One deployment of the group that has room for a call, by weighted shuffle, those in `avoid`
  // last and those in `exclude` never. The error when none has room is the 429 to answer with.
  Result<Pick> pick(const Group& group, std::span<const DeploymentIndex> avoid,
                    std::span<const DeploymentIndex> exclude, RateWindow::Time now,
                    Random& random) const;

  // Counts a call that is made now against the deployment's rpm. False: others have taken the room
  // that it had when it was picked, and the call must not be made.
  bool take_place(DeploymentIndex index, RateWindow::Time now) const;

  // How many attempts at the deployment may be under way at once; nothing: any number.
  std::optional<std::int64_t> most_under_way(DeploymentIndex index) const;
  // Where the permits for them are.
  io::Semaphore& under_way(DeploymentIndex index) const { return health_[index]->under_way; }

  // Groups to try after `group` failed with `code`; nullptr = none configured.
  const std::vector<std::string>* fallbacks(const Group& group, ErrorCode code) const;
  // The names of /v1/models in the order of the file, hidden aliases left out.
  const std::vector<std::string>& public_names() const { return public_names_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Pattern {
    std::string text;  // with `*`
    Group group;
  };
  void add_exact_names();
  void add_aliases();
  void add_patterns();
  bool match_pattern(std::string_view model, std::optional<Group>& scratch) const;
  double weight_of(DeploymentIndex index, const Deployment& first) const;
  std::optional<std::string> upstream_model(const Group& group, DeploymentIndex index) const;
  // How long until the deployment has room within its rpm; nothing when it has.
  std::optional<std::chrono::milliseconds> wait_for_room(DeploymentIndex index,
                                                         RateWindow::Time now) const;

  const Settings& settings_;
  std::vector<std::shared_ptr<Health>> health_;  // parallel to settings_.deployments
  std::unordered_map<std::string, Group, Hash, std::equal_to<>> exact_;
  std::vector<Pattern> patterns_;  // longest first
  std::vector<std::string> public_names_;
};

// Matches LiteLLM's patterns: each `*` stands for any text, the pattern need only match the
// beginning. Fills the captures.
bool matches_pattern(std::string_view pattern, std::string_view text,
                     std::vector<std::string>& captures);

}  // namespace sluice::router
