#pragma once
// SHA-256 and constant-time comparison.
#include <string>
#include <string_view>

namespace sluice {

std::string sha256(std::string_view text);  // 32 bytes
std::string hex(std::string_view bytes);    // lower case
// Takes the same time wherever the texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace sluice
