#pragma once
// Where converted models are: $SLUICE_MODEL_DIR, else $XDG_CACHE_HOME/sluice/models, else
// ~/.cache/sluice/models.
#include <string>
#include <string_view>

namespace sluice::embed {

constexpr std::string_view default_model = "all-MiniLM-L6-v2";

// A name is a file's name without its ending, nothing that leads elsewhere.
bool is_model_name(std::string_view name);
std::string model_directory();
// The file of that model, whether it is there or not.
std::string model_path(std::string_view name);
// The same where a path may be given instead: what holds a '/' is one.
bool is_model_file(std::string_view name_or_file);
std::string model_file(std::string_view name_or_file);

}  // namespace sluice::embed
