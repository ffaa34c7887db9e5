#pragma once
// Texts in pages of HTML.
#include <string>
#include <string_view>

namespace sluice {

// As it may stand between tags and in a quoted attribute.
std::string escape_html(std::string_view text);

}  // namespace sluice
