#pragma once
#include <string_view>

namespace sluice::semantic {

// Whether a text holds what belongs to one person or must not be kept: e-mail addresses, phone,
// card and account numbers, UUIDs, long ids, API keys, private keys, passwords that are told.
bool has_secret(std::string_view text);

}  // namespace sluice::semantic
