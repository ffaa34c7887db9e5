#pragma once
// Base64 (RFC 4648, section 4), with padding.
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

std::string base64(std::string_view bytes);
// The reverse; nothing when the text is not what base64() would write.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace sluice
