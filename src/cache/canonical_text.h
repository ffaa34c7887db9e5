#pragma once
// One text for all JSON texts of the same value. Pure; any thread.
//
//   value  = object / array / string / number / "true" / "false" / "null"
//   object = "{" *(string ":" value ",") "}"   sorted by is_before, each name once
//   array  = "[" *(value ",") "]"
//   string = a JSON string with the escapes \" \\ \n \r \t, \u00xx for other controls, else UTF-8
//   number = ["-"] digits ["e" exponent]        no zero at either end; "0" for zero
//
// The order of members is the one in which clients mostly write them ("role" before "content",
// "type" before "text"), so there is little to sort.
#include <string>
#include <string_view>

#include "base/text_buffer.h"

namespace sluice::cache {

// The order of names: shorter ones first, those of one length downwards.
constexpr bool is_before(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() < b.size() : b < a;
}

// Appends the canonical text of `json`, which is one valid value (scan_json). Of members with the
// same name the last counts.
void append_canonical_text(TextBuffer& out, std::string_view json);

}  // namespace sluice::cache
