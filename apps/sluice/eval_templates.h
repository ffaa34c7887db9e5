#pragma once
// Our own questions with slots, from which `sluice eval` makes pairs whose answer is known: one
// changed slot asks for another answer, another wording does not.
#include <string_view>

namespace sluice::eval {

// One a line; "a == b == c" are wordings of one question. {name} is a slot, {name:1} and {name:2}
// two different values of one list, {x|y|z} a choice of words that contradict each other, and {not}
// a place for a negation.
extern const std::string_view templates;

// "name class: value, value, …": the values of a slot and the slice that a change counts in.
extern const std::string_view slot_values;

}  // namespace sluice::eval
