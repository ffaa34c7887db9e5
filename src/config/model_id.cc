#include "config/model_id.h"

#include <algorithm>

#include "base/digest.h"
#include "config/python_text.h"

namespace sluice::config {
std::string model_id(std::string_view group, const Node& litellm_params) {
  std::string text(group);
  for (std::size_t i = 0; i < litellm_params.keys.size(); i++) {
    const Node& value = litellm_params.items[i];
    text += litellm_params.keys[i].text;
    text += value.is_map() ? python_json(value) : python_str(value);
  }
  return hex(sha256(text));
}

std::string count_key(std::string_view group, const Node& litellm_params) {
  constexpr std::string_view changing[] = {"max_parallel_requests", "rpm", "tpm", "weight"};
  Node lasting{.kind = Kind::map};
  for (std::size_t i = 0; i < litellm_params.keys.size(); i++) {
    const Key& key = litellm_params.keys[i];
    const bool lasts = std::ranges::find(changing, key.text) == std::end(changing);
    if (lasts) lasting.set(key, litellm_params.items[i]);
  }
  return model_id(group, lasting);
}

}  // namespace sluice::config
