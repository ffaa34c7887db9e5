#pragma once
// One entry of model_list -> its deployments, or the reason why it cannot be called.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/environment.h"
#include "config/node.h"
#include "config/obstacle.h"
#include "config/reader.h"
#include "config/verdict.h"
#include "model/settings.h"
#include "provider/resolve.h"

namespace sluice::config {

using Credentials = std::map<std::string, const Node*, std::less<>>;  // name -> credential_values

class DeploymentReader {
 public:
  // All of these must outlive this. `path` is the entry's, "model_list[0]".
  struct Context {
    const Credentials& credentials;
    const Node& defaults;                              // router_settings.default_litellm_params
    const std::set<std::string, std::less<>>& groups;  // every model_name of the file
    const Environment& environment;
    Report& report;
    Settings& settings;  // deployments and unavailable grow, the rest is only read
  };
  DeploymentReader(const Node& entry, std::string path, const Context& context)
      : entry_(entry), path_(std::move(path)), context_(context) {}

  // False when the entry cannot be called because of a mistake in the file.
  bool read();

 private:
  bool read_parts();
  bool read_callable(const provider::ResolvedModel& model);
  void apply_credential(const Reader& params);
  void fill_from(const Node& values);
  std::optional<Obstacle> environment_obstacle() const;
  bool refuse(std::string provider, std::vector<Obstacle> obstacles);
  void check_params();
  std::vector<Obstacle> read_access(Deployment& deployment) const;
  void read_responses_prefix(Deployment& deployment) const;
  void read_limits(const Reader& params, Deployment& deployment) const;
  void read_request(const Reader& params, Deployment& deployment) const;
  void read_defaults(const Reader& params, Deployment& deployment) const;
  void read_info(const provider::ResolvedModel& model, Deployment& deployment) const;
  void check_mode(const Deployment& deployment) const;
  bool serves_every_provider() const;
  void add_every_provider(const Deployment& deployment);
  void add(Deployment deployment);
  Reader params_reader() const { return {params_, path_ + ".litellm_params", context_.report}; }
  Reader info_reader() const { return {info_, path_ + ".model_info", context_.report}; }

  const Node& entry_;
  std::string path_;
  Context context_;
  std::string group_;
  std::string id_;
  std::string count_key_;  // Deployment::count_key
  Node params_;            // litellm_params, with the values of its credential
  Node info_{.kind = Kind::map};
};

}  // namespace sluice::config
