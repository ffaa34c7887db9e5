#pragma once
// Published models, and how they come here: by the ordinary client of the registry they are in.
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sluice {

struct ModelPackage {
  std::string_view name;                        // as `sluice model pull` and configurations have it
  std::string_view package;                     // npm's name and version
  std::string_view weights, tokenizer, config;  // files in it
  std::string_view weights_sha256;
  std::string_view licence;
};

// Null: Sluice does not know where that model is.
const ModelPackage* find_package(std::string_view name);
std::string package_names();  // "a, b"

using Say = std::function<void(const std::string& what)>;

// Fetches the package (or unpacks `source`: its archive, a folder that holds its files, or a URL of
// the archive), checks the weights, converts them and puts the model file in its place, whole or
// not at all. Gives the file. Error: says what to install or to look at.
Result<std::filesystem::path> pull_model(const ModelPackage& package, const std::string& source,
                                         const Say& say);

}  // namespace sluice
