#include "base/percent.h"

#include <charconv>

namespace sluice {

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); i++) {
    unsigned byte = 0;
    const char* digits = text.data() + i + 1;
    const bool is_escape = text[i] == '%' && text.size() - i > 2 &&
                           std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    result += is_escape ? static_cast<char>(byte) : text[i];
    if (is_escape) i += 2;
  }
  return result;
}

}  // namespace sluice
