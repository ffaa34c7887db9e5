#pragma once
// SHA-256, hexadecimal digits and constant-time comparison.
#include <string>
#include <string_view>

namespace sluice {

std::string sha256(std::string_view text);  // 32 bytes
std::string hex(std::string_view bytes);    // lower case
// The same into memory of the caller: twice as many characters as there are bytes.
void write_hex(std::string_view bytes, char* to);
// Takes the same time wherever the texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace sluice
