#include "embed/model_location.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace sluice::embed {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

bool is_model_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
}

std::string model_directory() {
  if (std::string own = variable("SLUICE_MODEL_DIR"); !own.empty()) return own;
  if (std::string cache = variable("XDG_CACHE_HOME"); !cache.empty())
    return cache + "/sluice/models";
  return variable("HOME") + "/.cache/sluice/models";
}

std::string model_path(std::string_view name) {
  return model_directory() + "/" + std::string(name) + ".sluice";
}

bool is_model_file(std::string_view name_or_file) { return name_or_file.contains('/'); }

std::string model_file(std::string_view name_or_file) {
  return is_model_file(name_or_file) ? std::string(name_or_file) : model_path(name_or_file);
}

}  // namespace sluice::embed
