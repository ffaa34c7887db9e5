#pragma once
// Where a deployment is called and with which credentials: from litellm_params, else from the
// variables that its provider's row in the catalogue names.
#include <optional>
#include <string>
#include <string_view>

#include "config/environment.h"
#include "config/node.h"
#include "config/obstacle.h"
#include "config/reader.h"
#include "config/verdict.h"
#include "model/deployment.h"

namespace sluice::config {

class AccessReader {
 public:
  // All must outlive this. `path` is that of litellm_params.
  AccessReader(const Node& litellm_params, const std::string& path, const Environment& environment,
               Report& report)
      : params_(litellm_params),
        reader_(litellm_params, path, report),
        environment_(environment),
        report_(report) {}

  // Fills deployment.headers.
  std::optional<Obstacle> read_headers(Deployment& deployment) const;
  // Fills deployment.api_base; `spec` is set already.
  std::optional<Obstacle> read_base(Deployment& deployment) const;

  enum class KeyNeed { as_the_provider_says, none };
  // Fills deployment.api_key, or an Authorization header from an Azure AD token. Headers and
  // mock_response are read already: with one of them no key is needed.
  std::optional<Obstacle> read_key(Deployment& deployment, KeyNeed need) const;

 private:
  Obstacle no_base(const Deployment& deployment) const;
  Obstacle no_key(const Deployment& deployment) const;
  void read_azure_token(Deployment& deployment) const;
  Obstacle at(std::string_view key, std::string reason) const;
  // The node of `key`, when its variable is not set.
  const Node* missing(std::string_view key) const;

  const Node& params_;
  Reader reader_;
  const Environment& environment_;
  Report& report_;
};

}  // namespace sluice::config
