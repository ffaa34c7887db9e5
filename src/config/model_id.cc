#include "config/model_id.h"

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

}  // namespace sluice::config
