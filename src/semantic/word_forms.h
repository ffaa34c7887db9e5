#pragma once
// What the beginning and the ending of a word say about its meaning.
#include <string_view>

namespace sluice::semantic {

// Two words of one stem that mean different things: "happy" and "unhappy", "hypertension" and
// "hypotension", "useful" and "useless", "nitrate" and "nitrite", "employer" and "employee".
bool is_other_form(std::string_view a, std::string_view b);

// One is derived from the other and asks for the same: "invest" and "investment", "nutrition" and
// "nutritional".
bool is_derived(std::string_view a, std::string_view b);

}  // namespace sluice::semantic
