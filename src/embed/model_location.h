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

}  // namespace sluice::embed
