#include "config/model_id.h"

#include <openssl/evp.h>

#include <array>

#include "config/python_text.h"

namespace sluice::config {
namespace {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (unsigned int i = 0; i < size; i++) {
    hex.push_back("0123456789abcdef"[digest[i] >> 4]);
    hex.push_back("0123456789abcdef"[digest[i] & 15]);
  }
  return hex;
}

}  // namespace

std::string model_id(std::string_view group, const Node& litellm_params) {
  std::string text(group);
  for (std::size_t i = 0; i < litellm_params.keys.size(); i++) {
    const Node& value = litellm_params.items[i];
    text += litellm_params.keys[i].text;
    text += value.is_map() ? python_json(value) : python_str(value);
  }
  return sha256_hex(text);
}

}  // namespace sluice::config
