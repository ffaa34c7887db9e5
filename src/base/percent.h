#pragma once
// Percent-encoding, as URLs have it (RFC 3986).
#include <string>
#include <string_view>

namespace sluice {

// `+` stays. A broken escape is kept as it is.
std::string percent_decode(std::string_view text);
// Everything but RFC 3986's unreserved characters is escaped.
std::string percent_encode(std::string_view text);

}  // namespace sluice
